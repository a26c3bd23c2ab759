import { cellOf } from "../../diagnosis/index.ts";
import type { Quantity } from "../../report/index.ts";
import type { PairCounts } from "./pair-counts.ts";

export type Intensity = 0 | 1 | 2;
export type Basis = 0 | 1;

/** Pulses of an intensity, both bases. */
const sentOf = (counts: PairCounts, intensity: Intensity): number =>
  (counts.sent[intensity] ?? 0) + (counts.sent[3 + intensity] ?? 0);

/** Detections of an intensity, all bases and bits. */
export function detectionsOf(counts: PairCounts, intensity: Intensity): number {
  let sum = 0;
  for (const basis of [0, 1])
    for (const bit of [0, 1])
      for (let place = 0; place < 4; place++)
        sum += counts.cells[cellOf(basis, intensity, bit, place >> 1, place & 1)] ?? 0;
  return sum;
}

/** Share of the gates in which the receiver was not blind. */
export const liveShare = (counts: PairCounts): number => 1 - counts.deadGates / Math.max(1, counts.gates);

/** Clicks for each live gate with a pulse of that intensity. */
export function gainOf(counts: PairCounts, intensity: Intensity): Quantity {
  const detections = detectionsOf(counts, intensity);
  const pulses = sentOf(counts, intensity) * liveShare(counts);
  return {
    value: detections / pulses,
    u: Math.sqrt(Math.max(1, detections)) / pulses,
    unit: "",
    n: detections,
  };
}

/** Mean number of click causes behind a click probability: -ln(1 - p). */
export const causesOf = ({ value, u, unit, n }: Quantity): Quantity => ({
  value: -Math.log1p(-value),
  u: u / (1 - value),
  unit,
  n,
});

/** Share of wrong bits among detections of equal bases. */
export function errorRate(counts: PairCounts, basis: Basis, intensities: readonly Intensity[]): Quantity {
  let [right, wrong] = [0, 0];
  for (const intensity of intensities)
    for (const bit of [0, 1] as const) {
      right += counts.cells[cellOf(basis, intensity, bit, basis, bit)] ?? 0;
      wrong += counts.cells[cellOf(basis, intensity, bit, basis, 1 - bit)] ?? 0;
    }
  const n = right + wrong;
  return { value: wrong / n, u: Math.sqrt(Math.max(1, (right * wrong) / n)) / n, unit: "", n };
}

/** Correlation of the bits where Alice prepared one basis and Bob measured the other: 0 where they are at right angles. */
export function mismatchedCorrelation(counts: PairCounts, aliceBasis: Basis): Quantity {
  let [same, other] = [0, 0];
  for (const intensity of [0, 1, 2])
    for (const bit of [0, 1] as const) {
      same += counts.cells[cellOf(aliceBasis, intensity, bit, 1 - aliceBasis, bit)] ?? 0;
      other += counts.cells[cellOf(aliceBasis, intensity, bit, 1 - aliceBasis, 1 - bit)] ?? 0;
    }
  const n = same + other;
  return { value: (same - other) / n, u: 1 / Math.sqrt(Math.max(1, n)), unit: "", n };
}

/** Transmittance from Alice's output to a click: slope of the click causes over the mean photon number. */
export function transmittanceOf(
  counts: PairCounts,
  meanPhotons: readonly [number, number, number],
): Quantity {
  const [u, w] = [causesOf(gainOf(counts, 0)), causesOf(gainOf(counts, 2))];
  const photons = meanPhotons[0] - meanPhotons[2];
  return {
    value: (u.value - w.value) / photons,
    u: Math.hypot(u.u, w.u) / photons,
    unit: "",
    n: u.n,
  };
}

/**
 * Of the signal's clicks the share that comes without its light: what vacuum pulses click, less the light that they hold
 * themselves. Half of these clicks are wrong.
 */
export function backgroundShare(counts: PairCounts, [u, , w]: readonly [number, number, number]): number {
  const [signal, vacuum] = [gainOf(counts, 0).value, gainOf(counts, 2).value];
  return Math.max(0, vacuum - (w * (signal - vacuum)) / (u - w)) / signal;
}

/** Error rate of the light alone, from one of all clicks. */
export function lightShare({ value, u, unit, n }: Quantity, background: number): Quantity {
  return { value: (value - background / 2) / (1 - background), u: u / (1 - background), unit, n };
}
