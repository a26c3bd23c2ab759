import { ConfigError } from "../errors/index.ts";
import { checkLinkParameters } from "./check-link.ts";
import { transmittanceOfLoss } from "./decibel.ts";
import { type GateReceiver, type GateResponse, gateResponse } from "./gate-response.ts";
import type { LinkParameters, PerBasis, PerIntensity } from "./link-parameters.ts";
import { perIntensity } from "./per-intensity.ts";

/** What the closed form says of a link: probabilities are per gate, gains are those observed, dead time included. */
export interface LinkPrediction {
  /** Probability of a click for a pulse of intensity u, v, w; the same in both bases. */
  readonly gains: PerIntensity;
  /** Error rate of matched-basis clicks per basis and intensity. */
  readonly qberPerIntensity: PerBasis<PerIntensity>;
  /** Error rate over all intensities of a basis, weighted by how often each is sent. */
  readonly qber: PerBasis;
  /** Background click probability per gate of each detector: dark counts, noise light, afterpulses. */
  readonly background: readonly [number, number];
  /** Fraction of gates in which the receiver is not blind after a click. */
  readonly liveFraction: number;
  /** Clicks per gate, over all intensities. */
  readonly clicksPerGate: number;
  readonly clicksPerS: number;
  /** Clicks per gate in which both detectors fire, mean over basis choices and intensities. */
  readonly doubleClicksPerGate: number;
  /** Matched-basis clicks per gate. */
  readonly siftedPerGate: PerBasis;
  /** Matched-basis clicks per second, both bases. */
  readonly siftedRateBps: number;
  /** Transmittance from Alice's output to a click, mean of the two detectors. */
  readonly systemTransmittance: number;
}

const MAX_ITERATIONS = 10_000;
const CONVERGENCE = 1e-15;

/**
 * Gains, error rates and rates of a link in closed form (physics paper 1.2-1.4). Background, afterpulsing and
 * receiver-wide dead time depend on each other through the mean gain and are iterated until they agree.
 *
 * Each avalanche releases `afterpulseProbability` later avalanches in its own detector; the part released inside the
 * dead time is lost, which leaves the fraction sum(weight_i exp(-deadGates / gates_i)).
 *
 * @throws ConfigError QKD_PHYSICS_RANGE for impossible parameters, QKD_PHYSICS_OVERFLOW when afterpulses sustain themselves
 * or a background reaches certainty.
 */
export function predictLink(link: LinkParameters): LinkPrediction {
  checkLinkParameters(link);
  const floor = floorPerDetector(link);
  const surviving = link.afterpulseProbability * survivingAfterpulses(link);
  let background: readonly [number, number] = floor;
  let state = receiverState(link, background);
  for (let iteration = 0; ; iteration++) {
    const later = surviving * state.liveFraction;
    const next: [number, number] = [
      floor[0] + later * state.avalanche[0],
      floor[1] + later * state.avalanche[1],
    ];
    if (next.some((probability) => !(probability < 1)) || iteration >= MAX_ITERATIONS) {
      throw new ConfigError(
        "QKD_PHYSICS_OVERFLOW",
        "afterpulses fill every gate: the receiver has no steady state",
        {
          context: { afterpulseProbability: link.afterpulseProbability, background: Math.max(...next) },
        },
      );
    }
    const change = Math.max(Math.abs(next[0] - background[0]), Math.abs(next[1] - background[1]));
    background = next;
    state = receiverState(link, background);
    if (change <= CONVERGENCE * Math.max(next[0], next[1])) break;
  }
  return summarise(link, background, state);
}

/** Mean click probabilities of live gates over Alice's intensities and both observers' basis choices. */
interface ReceiverState {
  readonly gain: number;
  readonly doubleClick: number;
  readonly avalanche: readonly [number, number];
  readonly liveFraction: number;
}

function receiverOf(link: LinkParameters, background: readonly [number, number]): GateReceiver {
  return {
    transmittance: transmittanceOfLoss(link.channelLossDb + link.receiverLossDb),
    efficiency: link.detectorEfficiency,
    background,
  };
}

function receiverState(link: LinkParameters, background: readonly [number, number]): ReceiverState {
  const receiver = receiverOf(link, background);
  const matched = matchProbabilities(link);
  const settings: readonly [probability: number, wrongFraction: number][] = [
    [matched.z, link.misalignment.z],
    [matched.x, link.misalignment.x],
    [1 - matched.z - matched.x, 0.5],
  ];
  let gain = 0;
  let doubleClick = 0;
  const avalanche: [number, number] = [0, 0];
  for (const [intensity, probability] of pairs(link)) {
    for (const [setting, wrongFraction] of settings) {
      const response = gateResponse(receiver, intensity, wrongFraction);
      const weight = probability * setting;
      gain += weight * response.gain;
      doubleClick += weight * response.doubleClick;
      avalanche[0] += weight * response.avalanche[0];
      avalanche[1] += weight * response.avalanche[1];
    }
  }
  return { gain, doubleClick, avalanche, liveFraction: 1 / (1 + link.deadGates * gain) };
}

function summarise(
  link: LinkParameters,
  background: readonly [number, number],
  state: ReceiverState,
): LinkPrediction {
  const receiver = receiverOf(link, background);
  const matched = matchProbabilities(link);
  const perBasis = (wrongFraction: number) =>
    perIntensity((k) => gateResponse(receiver, link.intensities[k], wrongFraction));
  const responses = { z: perBasis(link.misalignment.z), x: perBasis(link.misalignment.x) };
  const mean = (basis: PerIntensity<GateResponse>, of: (response: GateResponse) => number) =>
    basis.reduce((sum, response, k) => sum + (link.intensityProbabilities[k] ?? 0) * of(response), 0);
  const gain = (response: GateResponse) => response.gain;
  const errorGain = (response: GateResponse) => response.errorGain;
  const ratio = (response: GateResponse) => (response.gain > 0 ? response.errorGain / response.gain : 0.5);
  const basisQber = (basis: PerIntensity<GateResponse>) =>
    mean(basis, gain) > 0 ? mean(basis, errorGain) / mean(basis, gain) : 0.5;
  const live = state.liveFraction;
  const siftedPerGate = {
    z: live * matched.z * mean(responses.z, gain),
    x: live * matched.x * mean(responses.x, gain),
  };
  return {
    gains: perIntensity((k) => live * responses.z[k].gain),
    qberPerIntensity: {
      z: perIntensity((k) => ratio(responses.z[k])),
      x: perIntensity((k) => ratio(responses.x[k])),
    },
    qber: { z: basisQber(responses.z), x: basisQber(responses.x) },
    background,
    liveFraction: live,
    clicksPerGate: live * state.gain,
    clicksPerS: link.clockHz * live * state.gain,
    doubleClicksPerGate: live * state.doubleClick,
    siftedPerGate,
    siftedRateBps: link.clockHz * (siftedPerGate.z + siftedPerGate.x),
    systemTransmittance: (receiver.transmittance * (receiver.efficiency[0] + receiver.efficiency[1])) / 2,
  };
}

/** Probability that both observers choose Z, and that both choose X. */
export function matchProbabilities(link: LinkParameters): PerBasis {
  return {
    z: link.aliceZProbability * link.bobZProbability,
    x: (1 - link.aliceZProbability) * (1 - link.bobZProbability),
  };
}

function pairs(link: LinkParameters): readonly [intensity: number, probability: number][] {
  return link.intensities.map((intensity, k) => [intensity, link.intensityProbabilities[k] ?? 0]);
}

/** Background without afterpulses: dark counts and noise light, which splits evenly over the detectors. */
function floorPerDetector(link: LinkParameters): [number, number] {
  const silentNoise = 1 - link.noisePerGate / 2;
  const [dark0, dark1] = link.darkCountsPerGate;
  return [1 - (1 - dark0) * silentNoise, 1 - (1 - dark1) * silentNoise];
}

/** Fraction of afterpulses released after the dead time, in which they would be lost. */
function survivingAfterpulses(link: LinkParameters): number {
  return link.afterpulseDecay.reduce(
    (sum, part) => sum + part.weight * Math.exp(-link.deadGates / part.gates),
    0,
  );
}
