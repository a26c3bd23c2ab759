import { cellSum, type NothingFound, type Optimum, type ScanPoint } from "./scan.ts";
import { weightedFit } from "./weighted-fit.ts";

/** A working point that its counts leave less certain is none, volt. */
export const MOST_UNCERTAIN_V = 0.3;

type Intensities = readonly [u: number, v: number, w: number];

/**
 * Decoy beyond vacuum over signal beyond vacuum, by counts: clicks without light, which are the same at each intensity,
 * fall out. Clicks a pulse saturate, so that the logarithm of silence is taken.
 */
export function decoyRatio(counted: ScanPoint["counted"]): {
  readonly ratio: number;
  readonly variance: number;
} {
  const of = (intensity: number) => {
    const clicks = cellSum(counted.cells, (_a, k) => k === intensity);
    const pulses = counted.sent[intensity]! + counted.sent[intensity + 3]!;
    const share = clicks / Math.max(1, pulses);
    return {
      mean: -Math.log1p(-Math.min(0.999, share)),
      variance: Math.max(1, clicks) / Math.max(1, pulses) ** 2,
    };
  };
  const [signal, decoy, vacuum] = [of(0), of(1), of(2)];
  const light = signal.mean - vacuum.mean;
  const ratio = (decoy.mean - vacuum.mean) / light;
  const variance = (decoy.variance + vacuum.variance + ratio ** 2 * signal.variance) / light ** 2;
  return { ratio, variance };
}

/** What that ratio is where the modulator makes the intensities that it is set to. */
export const ratioOf = ([u, v, w]: Intensities): number => (v - w) / (u - w);

/** The bias at which the decoys have the share of the signal that they are set to, found on a straight line. */
export function workingPoint(points: readonly ScanPoint[], intensities: Intensities): Optimum | NothingFound {
  const middle = points[Math.floor(points.length / 2)]!.x;
  const rows = points.flatMap(({ x, counted }) => {
    const { ratio, variance } = decoyRatio(counted);
    if (!Number.isFinite(ratio) || !(variance > 0)) return [];
    const t = x - middle;
    return [{ functions: [1, t, t * t] as const, seen: ratio, weight: 1 / variance }];
  });
  const fit = rows.length < 4 ? undefined : weightedFit(rows);
  if (fit === undefined) return { why: "too little light for a working point" };
  const [level, slope, bend] = fit.coefficients;
  const target = ratioOf(intensities);
  // One step of Newton from the straight line's root: the ratio bends little over the scan.
  const straight = (target - level) / slope;
  const shift =
    straight - (level + slope * straight + bend * straight ** 2 - target) / (slope + 2 * bend * straight);
  const uncertainty = Math.sqrt(fit.covariance[0]![0] + shift ** 2 * fit.covariance[1]![1]) / Math.abs(slope);
  if (!(slope > 0) || !(uncertainty <= MOST_UNCERTAIN_V))
    return { why: "too little light for a working point" };
  const [first, last] = [points[0]!.x, points.at(-1)!.x];
  const at = middle + shift;
  if (!(at >= first && at <= last)) return { why: "the working point lies beyond the scan" };
  return { at, uncertainty };
}
