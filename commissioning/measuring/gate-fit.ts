/** A Gaussian over delays, from the clicks of one detector: where its middle lies and how wide it is. */
export interface GateFit {
  readonly centrePs: number;
  readonly centreU: number;
  readonly fwhmPs: number;
  readonly fwhmU: number;
  readonly peak: number;
}

/** One point of a scan: clicks in so many gates, of which `background` a gate are there without light. */
export interface ScanPoint {
  readonly delayPs: number;
  readonly clicks: number;
  readonly gates: number;
}

/** Points below this share of the largest are left out: there the background's uncertainty speaks. */
const USED_SHARE = 0.05;
const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.log(2));

/**
 * Fits a Gaussian: the logarithm of the light's click causes is a parabola over the delay, fitted by least squares with
 * the counts' own weights. NaN where the points show no maximum.
 */
export function fitGate(points: readonly ScanPoint[], background: number): GateFit {
  const lit = points.map(({ delayPs, clicks, gates }) => {
    const share = Math.min(clicks / gates, 0.999);
    const causes = -Math.log1p(-share) - background;
    return { x: delayPs / 100, causes, weight: (causes * gates) ** 2 / Math.max(1, clicks) };
  });
  const largest = Math.max(...lit.map(({ causes }) => causes));
  const used = lit.filter(({ causes }) => causes > USED_SHARE * largest);
  const normal = [0, 1, 2, 3, 4].map((power) =>
    used.reduce((sum, { x, weight }) => sum + weight * x ** power, 0),
  );
  const right = [0, 1, 2].map((power) =>
    used.reduce((sum, { x, causes, weight }) => sum + weight * x ** power * Math.log(causes), 0),
  );
  const inverse = invert3([
    [normal[0]!, normal[1]!, normal[2]!],
    [normal[1]!, normal[2]!, normal[3]!],
    [normal[2]!, normal[3]!, normal[4]!],
  ]);
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = inverse.map((row) =>
    row.reduce((sum, value, index) => sum + value * right[index]!, 0),
  );
  // A curvature within its own uncertainty is no maximum.
  if (!(c < -2 * Math.sqrt(inverse[2]![2]!)))
    return {
      centrePs: Number.NaN,
      centreU: Number.NaN,
      fwhmPs: Number.NaN,
      fwhmU: Number.NaN,
      peak: Number.NaN,
    };
  const centre = -b / (2 * c);
  const sigma = Math.sqrt(-1 / (2 * c));
  const [toB, toC] = [-1 / (2 * c), b / (2 * c * c)];
  const variance = toB ** 2 * inverse[1]![1]! + toC ** 2 * inverse[2]![2]! + 2 * toB * toC * inverse[1]![2]!;
  return {
    centrePs: 100 * centre,
    centreU: 100 * Math.sqrt(Math.max(0, variance)),
    fwhmPs: 100 * FWHM_PER_SIGMA * sigma,
    fwhmU: (100 * FWHM_PER_SIGMA * sigma * Math.sqrt(inverse[2]![2]!)) / (2 * -c),
    peak: Math.exp(a - (b * b) / (4 * c)),
  };
}

type Matrix = readonly (readonly [number, number, number])[];

function invert3(m: Matrix): readonly (readonly number[])[] {
  const at = (row: number, column: number) => m[row % 3]![column % 3]!;
  const cofactor = (row: number, column: number) =>
    at(row + 1, column + 1) * at(row + 2, column + 2) - at(row + 1, column + 2) * at(row + 2, column + 1);
  const determinant = [0, 1, 2].reduce((sum, column) => sum + at(0, column) * cofactor(0, column), 0);
  return [0, 1, 2].map((row) => [0, 1, 2].map((column) => cofactor(column, row) / determinant));
}
