import type { LinkParameters } from "./link-parameters.ts";
import { solveLinear } from "./solve-linear.ts";

/** Probability that no photon fires detector 0, detector 1, either of them, in a live gate: mean over all settings. */
export interface PhotonSilence {
  readonly zero: number;
  readonly one: number;
  readonly both: number;
}

/** What the cycle between two clicks needs to know of a receiver. */
export interface CyclingReceiver extends Pick<LinkParameters, "afterpulseDecay" | "deadGates"> {
  /** Carriers that an avalanche leaves in its own detector, mean. */
  readonly carriers: number;
  /** Background without afterpulses: click probability per gate of each detector. */
  readonly floor: readonly [number, number];
  readonly silence: PhotonSilence;
}

/** Detectors that fired at a click: 0, 1, both. */
const KINDS = [
  [1, 0],
  [0, 1],
  [1, 1],
] as const;
/** Gates over which the hazard counts as constant, as a part of the shortest time constant that is still felt. */
const STEP = 1 / 16;
/** Afterpulses are followed until so little of a time constant's hazard is left. */
const FADED = 14;
/** A cycle has ended when it goes on no more often than this. */
const LEAST_SURVIVAL = 1e-13;
/** Of the carriers, relative where they are many. */
const CONVERGENCE = 1e-9;
const MAX_ROUNDS = 200;

/**
 * Mean background of each detector in live gates of a receiver that is blind for `deadGates` after every click.
 *
 * After a click the first live gates are live for certain, and that is when its carriers are released: the probability of
 * being live is not independent of the hazard. So the time since the last click is followed gate by gate (in steps over
 * which hazards hardly move), for each kind of click apart: hazard of both detectors, probability that no click came
 * between, kind of the click that ends the cycle. Carriers of the last click enter exactly, those of clicks before it
 * by their mean at a click of that kind, which is iterated until it agrees with itself. What is left out, the spread of
 * those older carriers, is of second order in the hazard.
 *
 * @returns the background, or undefined where the iteration does not settle.
 */
export function cycleBackground(receiver: CyclingReceiver): readonly [number, number] | undefined {
  const parts = receiver.afterpulseDecay.length;
  // Carriers of older clicks at a click of each kind: index = detector * parts + exponential.
  let older = KINDS.map(() => new Array<number>(2 * parts).fill(0));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const cycles = KINDS.map((fired, kind) =>
      followCycle(
        receiver,
        older[kind]!.map((carriers, at) => carriers + fired[at < parts ? 0 : 1]),
      ),
    );
    const shares = stationaryShares(cycles);
    const next = KINDS.map(() => new Array<number>(2 * parts));
    for (let at = 0; at < 2 * parts; at++)
      for (const [kind, carriers] of inheritedCarriers(cycles, shares, at, parts).entries())
        next[kind]![at] = carriers;
    const change = Math.max(
      ...next.flatMap((values, kind) =>
        values.map((value, at) => (shares[kind]! * Math.abs(value - older[kind]![at]!)) / (1 + value)),
      ),
    );
    older = next;
    if (change < CONVERGENCE) return meanBackground(cycles, shares);
  }
  return undefined;
}

/** How often clicks are of each kind. */
function stationaryShares(cycles: readonly Cycle[]): readonly number[] {
  const matrix = KINDS.map((_, kind) =>
    cycles.map((cycle, from) => (kind === 2 ? 1 : cycle.ends[kind]! - (kind === from ? 1 : 0))),
  );
  return solveLinear(matrix, [0, 0, 1]);
}

/**
 * Carriers that older clicks have left at a click of each kind, as the cycles pass them on: those of the cycle before, and
 * one more where its click fired the detector, times what is left of a carrier.
 */
function inheritedCarriers(
  cycles: readonly Cycle[],
  shares: readonly number[],
  at: number,
  parts: number,
): readonly number[] {
  const part = at % parts;
  const passed = (from: number, kind: number) => shares[from]! * cycles[from]!.left[kind]![part]!;
  const matrix = KINDS.map((_, kind) =>
    KINDS.map(
      (__, from) => (kind === from ? Math.max(shares[kind]!, Number.MIN_VALUE) : 0) - passed(from, kind),
    ),
  );
  const detector = at < parts ? 0 : 1;
  const fresh = KINDS.map((_, kind) =>
    KINDS.reduce((sum, fired, from) => sum + passed(from, kind) * fired[detector], 0),
  );
  return solveLinear(matrix, fresh);
}

interface Cycle {
  /** Mean number of live gates, and of those in which each detector's background stays silent. */
  readonly live: number;
  readonly silent: readonly [number, number];
  /** Probability that the cycle ends in a click of each kind. */
  readonly ends: readonly number[];
  /** What is left of one carrier of each exponential at that click, times the click's probability, by kind. */
  readonly left: readonly (readonly number[])[];
}

function meanBackground(cycles: readonly Cycle[], shares: readonly number[]): readonly [number, number] {
  const sum = (of: (cycle: Cycle) => number) =>
    cycles.reduce((total, cycle, kind) => total + shares[kind]! * of(cycle), 0);
  const live = sum((cycle) => cycle.live);
  return [1 - sum((cycle) => cycle.silent[0]) / live, 1 - sum((cycle) => cycle.silent[1]) / live];
}

/** From the gate after a click that leaves `carriers` to the next click. */
function followCycle(receiver: CyclingReceiver, carriers: readonly number[]): Cycle {
  const { afterpulseDecay: decay, deadGates, silence, floor } = receiver;
  const parts = decay.length;
  const [quietZero, quietOne] = [1 - floor[0], 1 - floor[1]];
  const halfCycle = 0.5 / (1 - quietZero * quietOne * silence.both);
  const slowest = Math.max(...decay.map((part) => part.gates));
  // What is left of a carrier of each exponential at the present gate, and how much of that is released there.
  const remaining = decay.map((part) => Math.exp(-deadGates / part.gates));
  const released = decay.map((part) => -receiver.carriers * part.weight * Math.expm1(-1 / part.gates));
  const ends: [number, number, number] = [0, 0, 0];
  const left = KINDS.map(() => new Array<number>(parts).fill(0));
  let [survival, live, silentZero, silentOne] = [1, 0, 0, 0];
  for (let felt = 0; survival > LEAST_SURVIVAL; ) {
    const faded = felt > FADED * slowest;
    const gates = faded ? Number.POSITIVE_INFINITY : stepOf(decay, felt, halfCycle);
    let [hazardZero, hazardOne] = [0, 0];
    for (let part = 0; part < parts && !faded; part++) {
      const middle = gates === 1 ? 1 : Math.exp((1 - gates) / 2 / decay[part]!.gates);
      const hazard = released[part]! * remaining[part]! * middle;
      hazardZero += hazard * carriers[part]!;
      hazardOne += hazard * carriers[parts + part]!;
    }
    const zero = quietZero * Math.exp(-hazardZero);
    const one = quietOne * Math.exp(-hazardOne);
    const none = zero * one * silence.both;
    const click = 1 - none;
    if (click <= 0) break;
    const survived = faded ? 0 : gates === 1 ? none : none ** gates;
    const spent = (survival * (1 - survived)) / click;
    const onlyZero = one * silence.one - none;
    const onlyOne = zero * silence.zero - none;
    const both = click - onlyZero - onlyOne;
    live += spent;
    silentZero += spent * zero;
    silentOne += spent * one;
    ends[0] += spent * onlyZero;
    ends[1] += spent * onlyOne;
    ends[2] += spent * both;
    for (let part = 0; part < parts; part++) {
      const kept = Math.exp(-1 / decay[part]!.gates);
      const ratio = none * kept;
      const series = gates === 1 ? 1 : (1 - (faded ? 0 : ratio ** gates)) / (1 - ratio);
      const here = survival * remaining[part]! * kept * series;
      left[0]![part]! += here * onlyZero;
      left[1]![part]! += here * onlyOne;
      left[2]![part]! += here * both;
      remaining[part]! *= gates === 1 ? kept : kept ** gates;
    }
    survival *= survived;
    felt += gates;
  }
  return { live, silent: [silentZero, silentOne], ends, left };
}

/** Gates of the next step: a part of the shortest time constant that is still felt, and of the mean cycle. */
function stepOf(decay: LinkParameters["afterpulseDecay"], felt: number, halfCycle: number): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const { gates } of decay) if (gates < shortest && felt <= FADED * gates) shortest = gates;
  // The hazard left is small by then, so is what a longer step gets wrong of it.
  const longer = Math.exp(Math.min(felt / shortest, 6) / 2);
  return Math.max(1, Math.floor(Math.min(shortest * STEP * longer, halfCycle)));
}
