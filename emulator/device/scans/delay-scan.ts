import type { NothingFound, Optimum, ScanPoint } from "./scan.ts";
import { weightedFit } from "./weighted-fit.ts";

/** Points below this share of the peak are left out: there the background shapes the curve. */
const LEAST_SHARE = 0.3;
/** Least points that fix a parabola with something left over. */
const LEAST_POINTS = 4;
/** Picoseconds are taken in hundreds, so that the normal equations are well conditioned. */
const SCALE_PS = 100;

/**
 * Centre of a detector's response to the gates' delay: a gate and a pulse that are Gaussian in time make the logarithm of
 * the clicks by light a parabola, whose top the weighted fit finds. The lowest rate of the scan stands for the clicks
 * without light.
 */
export function delayCentre(points: readonly ScanPoint[], detector: 0 | 1): Optimum | NothingFound {
  const rates = points.map(({ x, counted: { clicks, gates } }) => ({
    x,
    clicks: clicks[detector] ?? 0,
    rate: (clicks[detector] ?? 0) / Math.max(1, gates),
  }));
  const floor = Math.min(...rates.map(({ rate }) => rate));
  const top = rates.reduce((best, one) => (one.rate > best.rate ? one : best));
  if (top.clicks < 100 || top.rate < 2 * floor) return { why: "no light stands out from the background" };
  const near = rates.filter(({ rate }) => rate - floor > LEAST_SHARE * (top.rate - floor));
  const fit = weightedFit(
    near.map(({ x, rate, clicks }) => {
      const t = (x - top.x) / SCALE_PS;
      const light = (rate - floor) / rate;
      // The logarithm of the light varies by the counting noise of all clicks.
      return { functions: [1, t, t * t], seen: Math.log(rate - floor), weight: clicks * light ** 2 };
    }),
  );
  if (near.length < LEAST_POINTS || fit === undefined) return { why: "the scan shows no peak" };
  const [, slope, bend] = fit.coefficients;
  if (!(bend < 0)) return { why: "the scan shows no peak" };
  const shift = -slope / (2 * bend);
  // Derivatives of the top by slope and bend.
  const [bySlope, byBend] = [-1 / (2 * bend), slope / (2 * bend * bend)];
  const { covariance } = fit;
  const variance =
    bySlope ** 2 * covariance[1]![1] +
    2 * bySlope * byBend * covariance[1]![2] +
    byBend ** 2 * covariance[2]![2];
  const at = top.x + SCALE_PS * shift;
  const uncertainty = SCALE_PS * Math.sqrt(variance);
  const [first, last] = [points[0]!.x, points.at(-1)!.x];
  if (!(at >= first && at <= last)) return { why: "the centre lies beyond the scan" };
  return { at, uncertainty };
}
