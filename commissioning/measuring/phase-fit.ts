/** Interference over the phase: e(phi) = (1 - V cos(phi - centre)) / 2. */
export interface PhaseFit {
  readonly centreRad: number;
  readonly centreU: number;
  readonly visibility: number;
  readonly visibilityU: number;
}

export interface PhasePoint {
  readonly phaseRad: number;
  /** Error rate of the light alone, and its standard uncertainty. */
  readonly error: number;
  readonly u: number;
}

/**
 * Fits twice: what points on the slopes scatter beyond their counts in the first fit is a phase that moves, and makes them
 * so much less certain in the second; at the extremes it hardly matters, and there the visibility shows.
 */
export function fitPhase(points: readonly PhasePoint[]): PhaseFit {
  const first = fitOnce(points);
  const steepness = ({ phaseRad }: PhasePoint): number =>
    Math.abs(first.visibility * Math.sin(phaseRad - first.centreRad)) / 2;
  const slopes = points.filter((point) => steepness(point) > first.visibility / 4);
  const excess = slopes.reduce((sum, point) => {
    const expected = (1 - first.visibility * Math.cos(point.phaseRad - first.centreRad)) / 2;
    return sum + ((point.error - expected) ** 2 - point.u ** 2) / steepness(point) ** 2;
  }, 0);
  const phaseU = Math.sqrt(Math.max(0, excess / Math.max(1, slopes.length)));
  return fitOnce(points.map((point) => ({ ...point, u: Math.hypot(point.u, steepness(point) * phaseU) })));
}

/** Least squares for V cos(centre) and V sin(centre), in which the model is linear. */
function fitOnce(points: readonly PhasePoint[]): PhaseFit {
  const rows = points.map(({ phaseRad, error, u }) => ({
    cos: Math.cos(phaseRad),
    sin: Math.sin(phaseRad),
    y: 1 - 2 * error,
    w: 1 / Math.max(2 * u, 1e-9) ** 2,
  }));
  const sum = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + row.w * of(row), 0);
  const [cc, ss, cs] = [sum((r) => r.cos ** 2), sum((r) => r.sin ** 2), sum((r) => r.cos * r.sin)];
  const [cy, sy] = [sum((r) => r.cos * r.y), sum((r) => r.sin * r.y)];
  const determinant = cc * ss - cs * cs;
  const a = (ss * cy - cs * sy) / determinant;
  const b = (cc * sy - cs * cy) / determinant;
  const visibility = Math.hypot(a, b);
  // Scatter beyond the counts, such as a phase that moves during the scan, widens what is claimed.
  const misfit = rows.reduce((total, { cos, sin, y, w }) => total + w * (y - a * cos - b * sin) ** 2, 0);
  const widened = Math.max(1, misfit / Math.max(1, rows.length - 2)) / determinant;
  const [varA, varB, covAB] = [ss * widened, cc * widened, -cs * widened];
  const [ca, sa] = [a / visibility, b / visibility];
  return {
    centreRad: Math.atan2(b, a),
    centreU: Math.sqrt(Math.max(0, sa * sa * varA + ca * ca * varB - 2 * sa * ca * covAB)) / visibility,
    visibility,
    visibilityU: Math.sqrt(Math.max(0, ca * ca * varA + sa * sa * varB + 2 * sa * ca * covAB)),
  };
}
