import { type ChiSquare, chiSquareTail, pearson } from "./chi-square-test.ts";

/** Distances between neighbouring clicks. */
export function gapsOf(gates: Float64Array): Float64Array {
  return gates.subarray(1).map((gate, i) => gate - gates[i]!);
}

/**
 * Chi-square of gaps (1, 2, ...) against the geometric law of hazard `hazard` per gate, in `cells` cells of about equal
 * probability.
 */
export function geometricLaw(gaps: Float64Array, hazard: number, cells: number): ChiSquare {
  const edges: number[] = [];
  for (let cell = 1; cell < cells; cell++) {
    const edge = Math.max(1, Math.round(Math.log1p(-cell / cells) / Math.log1p(-hazard)));
    if (edge > (edges.at(-1) ?? 0)) edges.push(edge);
  }
  const observed = new Array<number>(edges.length + 1).fill(0);
  for (const gap of gaps) {
    let cell = 0;
    while (cell < edges.length && gap > edges[cell]!) cell++;
    observed[cell]!++;
  }
  const beyond = (gap: number) => (1 - hazard) ** gap;
  const expected = observed.map((_, cell) => {
    const from = cell === 0 ? 1 : beyond(edges[cell - 1]!);
    const to = cell === edges.length ? 0 : beyond(edges[cell]!);
    return gaps.length * (from - to);
  });
  return pearson(observed, expected);
}

/**
 * Standard score of the correlation between neighbouring gaps, each turned into a uniform number by the geometric law
 * of that hazard first.
 */
export function neighbourCorrelation(gaps: Float64Array, hazard: number): number {
  return scoreAtLag(centredRanks(gaps, hazard), 1);
}

/** Squares of the same score at lags 1 to `lags`, added up: chi-square if the gaps come in no order. */
export function lagCorrelation(gaps: Float64Array, hazard: number, lags: number): ChiSquare {
  const ranks = centredRanks(gaps, hazard);
  let statistic = 0;
  for (let lag = 1; lag <= lags; lag++) statistic += scoreAtLag(ranks, lag) ** 2;
  return { statistic, freedom: lags, pValue: chiSquareTail(statistic, lags) };
}

function centredRanks(gaps: Float64Array, hazard: number): Float64Array {
  return gaps.map((gap) => 0.5 - ((1 - hazard) ** (gap - 1) + (1 - hazard) ** gap) / 2);
}

function scoreAtLag(ranks: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < ranks.length; i++) sum += ranks[i]! * ranks[i - lag]!;
  return (12 * sum) / Math.sqrt(ranks.length - lag);
}
