import type { LinkTally } from "../tally/link-tally.ts";
import { LEAKAGE_NA } from "./leakage.ts";
import type { Seen } from "./observables.ts";

/** Afterpulses make counts spread more than Poisson's: variance over mean. */
export const DISPERSION = 1.15;
/** How well the current that flows without clicks is known, nA. */
const LEAKAGE_U_NA = 0.1;
/** What a current meter's noise leaves over a look, relative. */
const METER_U = 0.003;
/** Slices below which unrest cannot be told from chance. */
export const LEAST_SLICES = 8;

/** Bits of which both ends chose the same basis, and how many of them differ. */
export interface MatchedBits {
  readonly matched: number;
  readonly errors: number;
}

/** What the receiver alone counts. */
export type ReceiverCounts = Pick<
  LinkTally,
  "gates" | "detections" | "deadGates" | "clicks" | "doubleClicks" | "photocurrentNa"
>;

/** The root of a count per million gates: its uncertainty hardly depends on the count. */
export function rootOfRare(count: number, gates: number): Seen {
  const perGate = Math.sqrt(1e6 / gates);
  return { value: Math.sqrt(count) * perGate, u: 0.5 * Math.sqrt(DISPERSION) * perGate };
}

/** Charge of a click, as the logarithm of nA per click a second; unknown where hardly more flows than without clicks. */
export function chargePerClick(
  tally: Pick<ReceiverCounts, "gates" | "clicks" | "photocurrentNa">,
  clockHz: number,
): Seen | undefined {
  const clicks = tally.clicks[0] + tally.clicks[1];
  const beyondNa = tally.photocurrentNa - LEAKAGE_NA;
  if (clicks === 0 || beyondNa < LEAKAGE_NA / 4) return undefined;
  const perS = (clicks / tally.gates) * clockHz;
  return { value: Math.log(beyondNa / perS), u: Math.hypot(METER_U, LEAKAGE_U_NA / beyondNa) };
}

/** One is added, so that a receiver without dead time has a logarithm. */
export function deadGatesPerClick(tally: ReceiverCounts): Seen {
  return { value: Math.log1p(tally.deadGates / tally.detections), u: 1 / Math.sqrt(tally.detections) };
}

/** Spread of the clicks per gate beyond that of chance, relative to their mean. */
export function clickScatter(slices: readonly Pick<LinkTally, "gates" | "detections">[]): Seen {
  const rates = slices.map(({ detections, gates }) => detections / gates);
  const mean = meanOf(rates);
  const chance = DISPERSION / meanOf(slices.map(({ detections }) => detections));
  return excess(varianceOf(rates) / mean ** 2, chance);
}

/** Spread of the error rate beyond that of chance. */
export function errorScatter(slices: readonly MatchedBits[]): Seen {
  const rates = slices.map(({ matched, errors }) => ({ matched, rate: errors / matched }));
  const mean = meanOf(rates.map(({ rate }) => rate));
  const chance = (DISPERSION * mean * (1 - mean)) / meanOf(rates.map(({ matched }) => matched));
  return excess(varianceOf(rates.map(({ rate }) => rate)), chance);
}

/** Root of what a variance has beyond that of chance; by chance alone it comes out at about half the root of the latter. */
function excess(variance: number, chance: number): Seen {
  const value = Math.sqrt(Math.max(0, variance - chance));
  return { value, u: Math.hypot(0.6 * Math.sqrt(chance), 0.16 * value) };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
