import { ConfigError } from "../errors/index.ts";
import { cycleBackground, type PhotonSilence } from "./click-cycle.ts";
import type { LinkParameters } from "./link-parameters.ts";

export type { PhotonSilence } from "./click-cycle.ts";

/** Receiver and light as far as clicks depend on each other. */
export interface AfterpulsingReceiver
  extends Pick<LinkParameters, "afterpulseProbability" | "afterpulseDecay" | "deadGates"> {
  /** Background without afterpulses: click probability per gate of each detector. */
  readonly floor: readonly [number, number];
  readonly silence: PhotonSilence;
}

const MAX_ROUNDS = 10_000;
const CONVERGENCE = 1e-15;

/**
 * Mean background of each detector in live gates, afterpulses included (physics paper 1.4): each avalanche adds the
 * hazards a_i, sum `afterpulseProbability`, to the i-th later gate of its own detector; a released carrier that finds the
 * receiver blind is lost. Without dead time every gate is live, and the mean hazard of a detector is exactly the
 * probability times its avalanches per gate. With dead time clicks form cycles, see `cycleBackground`.
 *
 * @throws ConfigError QKD_PHYSICS_OVERFLOW when afterpulses sustain themselves or a background reaches certainty.
 */
export function meanBackground(receiver: AfterpulsingReceiver): readonly [number, number] {
  const { floor, deadGates, silence } = receiver;
  const carriers = carriersPerAvalanche(receiver);
  const dark = floor[0] === 0 && floor[1] === 0 && silence.both === 1;
  if (carriers === 0 || dark) return floor;
  const background =
    deadGates === 0 ? steadyBackground(receiver) : cycleBackground({ ...receiver, carriers });
  if (
    background === undefined ||
    [0, 1].some((detector) => saturated(floor[detector]!, background[detector]!))
  )
    throw new ConfigError(
      "QKD_PHYSICS_OVERFLOW",
      "afterpulses fill every gate: the receiver has no steady state",
      { context: { afterpulseProbability: receiver.afterpulseProbability } },
    );
  return background;
}

/** The mean number of background events, first floor and then carriers, reaches one a gate. */
function saturated(floor: number, background: number): boolean {
  return !(floor - Math.log((1 - background) / (1 - floor)) < 1);
}

/** Of a receiver without dead time, or undefined where it does not settle. */
function steadyBackground({
  afterpulseProbability,
  floor,
  silence,
}: AfterpulsingReceiver): readonly [number, number] | undefined {
  let background = floor;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const avalanches = [
      1 - (1 - background[0]) * silence.zero,
      1 - (1 - background[1]) * silence.one,
    ] as const;
    const next = [
      1 - (1 - floor[0]) * Math.exp(-afterpulseProbability * avalanches[0]),
      1 - (1 - floor[1]) * Math.exp(-afterpulseProbability * avalanches[1]),
    ] as const;
    const change = Math.max(Math.abs(next[0] - background[0]), Math.abs(next[1] - background[1]));
    background = next;
    if (change <= CONVERGENCE * Math.max(next[0], next[1])) return background;
  }
  return undefined;
}

/**
 * Carriers that an avalanche leaves on average. They are Poisson and their delays geometric, and two of one avalanche that
 * are released in the same gate make one click, sum(a_i^2) / 2 times an avalanche: so many more make the clicks sum to
 * `afterpulseProbability`.
 */
function carriersPerAvalanche({
  afterpulseProbability: clicks,
  afterpulseDecay: decay,
}: AfterpulsingReceiver): number {
  let squares = 0;
  for (const one of decay)
    for (const other of decay) {
      const [first, second] = [Math.exp(-1 / one.gates), Math.exp(-1 / other.gates)];
      squares += (one.weight * other.weight * (1 - first) * (1 - second)) / (1 - first * second);
    }
  return clicks + (clicks ** 2 * squares) / 2;
}
