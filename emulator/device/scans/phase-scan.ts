import { cellSum, type NothingFound, type Optimum, type ScanPoint } from "./scan.ts";
import { weightedFit } from "./weighted-fit.ts";

/** A phase that its counts leave less certain is none, rad. */
export const MOST_UNCERTAIN_RAD = 0.1;

/** The phase at which errors are fewest, and the contrast of the fringe. */
export interface Fringe extends Optimum {
  readonly visibility: number;
}

/** Detections in matching bases, and errors among them. */
export function matchedErrors(cells: readonly number[]): {
  readonly matched: number;
  readonly errors: number;
} {
  return {
    matched: cellSum(cells, (a, _k, _bit, b) => a === b),
    errors: cellSum(cells, (a, _k, bit, b, received) => a === b && bit !== received),
  };
}

/**
 * The fringe of the interferometer over the phase that it is set to: the share of errors in matching bases is
 * a - b cos(x - x0), whose two harmonics the weighted fit finds.
 */
export function fringe(points: readonly ScanPoint[]): Fringe | NothingFound {
  const rows = points.flatMap(({ x, counted: { cells } }) => {
    const { matched, errors } = matchedErrors(cells);
    if (matched < 50) return [];
    const share = (errors + 0.5) / (matched + 1);
    const weight = matched / (share * (1 - share));
    return [{ functions: [1, Math.cos(x), Math.sin(x)] as const, seen: errors / matched, weight }];
  });
  const fit = rows.length < 4 ? undefined : weightedFit(rows);
  if (fit === undefined) return { why: "too little light for a fringe" };
  const [, cosine, sine] = fit.coefficients;
  const amplitude = Math.hypot(cosine, sine);
  const { covariance } = fit;
  const across =
    sine ** 2 * covariance[1]![1] - 2 * sine * cosine * covariance[1]![2] + cosine ** 2 * covariance[2]![2];
  const uncertainty = Math.sqrt(across) / amplitude ** 2;
  if (!(uncertainty <= MOST_UNCERTAIN_RAD)) return { why: "too little light for a fringe" };
  return { at: Math.atan2(-sine, -cosine), uncertainty, visibility: Math.min(1, 2 * amplitude) };
}
