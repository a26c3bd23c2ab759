/** A straight line through points with known standard deviations. */
export interface LineFit {
  readonly slope: number;
  readonly slopeSigma: number;
  readonly intercept: number;
}

/** Weighted least squares. */
export function fitLine(
  points: readonly { readonly x: number; readonly y: number; readonly sigma: number }[],
): LineFit {
  let [s, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (const { x, y, sigma } of points) {
    const weight = 1 / sigma ** 2;
    s += weight;
    sx += weight * x;
    sy += weight * y;
    sxx += weight * x * x;
    sxy += weight * x * y;
  }
  const determinant = s * sxx - sx * sx;
  const slope = (s * sxy - sx * sy) / determinant;
  return { slope, slopeSigma: Math.sqrt(s / determinant), intercept: (sy - slope * sx) / s };
}
