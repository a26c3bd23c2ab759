import type { LinkParameters } from "../../../physics/index.ts";
import { carriersPerAvalanche } from "../suite/carriers-per-avalanche.ts";

/** Delays over which pairs of clicks are looked at, in gates; ends included. */
export const DELAYS: readonly (readonly [from: number, to: number])[] = [
  [1, 2],
  [3, 4],
  [5, 7],
  [8, 11],
  [12, 17],
  [18, 26],
  [27, 40],
  [41, 60],
];
const SPAN = DELAYS.at(-1)![1];

/** Pairs of clicks (earlier, later) by delay, against what the trapped carriers of all earlier clicks make expected. */
export interface PairExcess {
  /** Pairs counted, expected, and expected without any afterpulse. */
  readonly pairs: readonly number[];
  readonly expected: readonly number[];
  readonly accidental: readonly number[];
  /** Covariance of pairs - expected. */
  readonly covariance: readonly (readonly number[])[];
}

/** Hazard a_j that one avalanche adds to its own detector j gates later (physics paper 1.4). */
export function hazardAt(link: LinkParameters, delay: number): number {
  return link.afterpulseDecay.reduce(
    (sum, { weight, gates }) =>
      sum - link.afterpulseProbability * weight * Math.expm1(-1 / gates) * Math.exp(-(delay - 1) / gates),
    0,
  );
}

/**
 * Counts click pairs and their exact expectation. Trapped carriers are Poisson, so the releases of a detector given its
 * whole past are Poisson with the summed hazards a_j of all its earlier clicks; a gate's click minus its probability
 * given the past is a martingale difference, and so are sums of these weighted by the number of earlier clicks at each
 * delay. Their covariance is the sum of weight x weight x p(1 - p), whatever the pairs have in common.
 *
 * `base` is the click probability of one detector without afterpulses. `from` chooses the earlier click: of the same
 * detector (where afterpulses belong) or of the other one (which must have none).
 */
export function pairExcess(
  record: { readonly gate: Float64Array; readonly code: Uint8Array },
  link: LinkParameters,
  base: number,
  from: "same" | "other",
): PairExcess {
  const zeros = () => DELAYS.map(() => 0);
  const sums = { pairs: zeros(), expected: zeros(), accidental: zeros() };
  const covariance = DELAYS.map(zeros);
  for (const detector of [0, 1] as const) {
    const own = clicksOf(record, detector);
    const earlier = from === "same" ? own : clicksOf(record, detector === 0 ? 1 : 0);
    visit(own, earlier, link, base, sums, covariance);
  }
  return { ...sums, covariance };
}

function clicksOf(record: { readonly gate: Float64Array; readonly code: Uint8Array }, detector: 0 | 1) {
  return record.gate.filter((_, i) => (record.code[i]! & (0x40 << detector)) !== 0);
}

const BIN_OF = (() => {
  const bins = new Int8Array(SPAN + 1).fill(-1);
  for (const [bin, [low, high]] of DELAYS.entries()) bins.fill(bin, low, high + 1);
  return bins;
})();

function visit(
  own: Float64Array,
  earlier: Float64Array,
  link: LinkParameters,
  base: number,
  sums: { readonly pairs: number[]; readonly expected: number[]; readonly accidental: number[] },
  covariance: number[][],
): void {
  const parts = link.afterpulseDecay.map(({ weight, gates }) => ({
    first: -carriersPerAvalanche(link) * weight * Math.expm1(-1 / gates),
    keep: Math.exp(-1 / gates),
    hazard: 0,
  }));
  let nextOwn = 0;
  let firstRecent = 0;
  let lastRecent = 0;
  let hazardsAt = Number.NEGATIVE_INFINITY;
  for (let gate = earlier[0]! + 1; ; gate++) {
    while (lastRecent < earlier.length && earlier[lastRecent]! < gate) lastRecent++;
    while (firstRecent < lastRecent && gate - earlier[firstRecent]! > SPAN) firstRecent++;
    if (firstRecent === lastRecent) {
      if (lastRecent === earlier.length) return;
      gate = earlier[lastRecent]!;
      continue;
    }
    // Hazards of the detector's own clicks before this gate, each click adding `first` one gate later.
    while (nextOwn < own.length && own[nextOwn]! < gate) {
      decay(parts, own[nextOwn]! - hazardsAt);
      hazardsAt = own[nextOwn]!;
      for (const part of parts) part.hazard += part.first / part.keep;
      nextOwn++;
    }
    decay(parts, gate - hazardsAt);
    hazardsAt = gate;
    let hazard = 0;
    for (const part of parts) hazard += part.hazard;
    const silent = (1 - base) * Math.exp(-hazard);
    const clicked = nextOwn < own.length && own[nextOwn] === gate ? 1 : 0;
    const variance = silent * (1 - silent);
    // Every earlier click is one unit of weight at its delay; products of weights are sums over pairs of them.
    for (let i = firstRecent; i < lastRecent; i++) {
      const bin = BIN_OF[gate - earlier[i]!]!;
      sums.pairs[bin]! += clicked;
      sums.expected[bin]! += 1 - silent;
      sums.accidental[bin]! += base;
      const row = covariance[bin]!;
      for (let k = firstRecent; k < lastRecent; k++) row[BIN_OF[gate - earlier[k]!]!]! += variance;
    }
  }
}

function decay(parts: { readonly keep: number; hazard: number }[], gates: number): void {
  for (const part of parts)
    if (part.hazard !== 0) part.hazard *= gates === 1 ? part.keep : part.keep ** gates;
}
