import { checkArgument, rule } from "../options/index.ts";
import { requireInRange } from "./range.ts";

/** Clicks of one gate given the pulse intensity, averaged over Alice's bit; both observers in the same basis. */
export interface GateResponse {
  /** Probability of at least one click. */
  readonly gain: number;
  /** Probability of a click that gives the wrong bit; a double click counts half. */
  readonly errorGain: number;
  /** Probability that both detectors click. */
  readonly doubleClick: number;
  /** Probability that detector 0 and detector 1 fire, whatever the other one does. */
  readonly avalanche: readonly [number, number];
}

/** Receiver as one gate sees it. */
export interface GateReceiver {
  /** Transmittance from Alice's output to the detectors, without their efficiency. */
  readonly transmittance: number;
  readonly efficiency: readonly [number, number];
  /** Background click probability per gate and detector. */
  readonly background: readonly [number, number];
}

const RECEIVER = rule.like(
  { transmittance: rule.anyNumber, efficiency: rule.numbers(2), background: rule.numbers(2) },
  "a receiver",
);

/**
 * Exact response of two threshold detectors to a phase-randomised weak pulse (physics paper 1.3). A coherent pulse of
 * mean photon number `intensity` splits into independent Poisson fields, of which `wrongFraction` (misalignment e_d, or
 * 1/2 between different bases) reaches the detector opposite to Alice's bit. Double clicks become a random bit.
 * @throws ConfigError QKD_PHYSICS_RANGE, QKD_CONFIG_INVALID.
 */
export function gateResponse(receiver: GateReceiver, intensity: number, wrongFraction: number): GateResponse {
  checkArgument("receiver", receiver, RECEIVER);
  requireInRange("intensity", intensity, { min: 0 });
  requireInRange("wrongFraction", wrongFraction, { min: 0, max: 1 });
  return responseOf(receiver, intensity, wrongFraction);
}

/** The same of a link that was checked: predictions ask for it thousands of times. */
export function responseOf(receiver: GateReceiver, intensity: number, wrongFraction: number): GateResponse {
  const arriving = intensity * receiver.transmittance;
  let gain = 0;
  let errorGain = 0;
  let doubleClick = 0;
  const avalanche: [number, number] = [0, 0];
  for (const bit of [0, 1] as const) {
    const opposite = bit === 0 ? 1 : 0;
    const correct = clickProbability(receiver, bit, arriving * (1 - wrongFraction));
    const wrong = clickProbability(receiver, opposite, arriving * wrongFraction);
    gain += (correct + wrong - correct * wrong) / 2;
    errorGain += (wrong * (1 - correct) + (correct * wrong) / 2) / 2;
    doubleClick += (correct * wrong) / 2;
    avalanche[bit] += correct / 2;
    avalanche[opposite] += wrong / 2;
  }
  return { gain, errorGain, doubleClick, avalanche };
}

function clickProbability(receiver: GateReceiver, detector: 0 | 1, meanPhotons: number): number {
  const dark = receiver.background[detector];
  const photon = -Math.expm1(-receiver.efficiency[detector] * meanPhotons);
  return dark + (1 - dark) * photon;
}
