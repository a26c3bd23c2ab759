import type { AgreementFigure } from "./agreement-run.ts";

/** Figures of one name over several settings: weighted mean difference, its error, and the worst setting in standard errors. */
export interface PooledFigure extends AgreementFigure {
  readonly worstScore: number;
}

/** Pools figures by name, each weighted by its own precision. */
export function pooled(figures: readonly AgreementFigure[]): PooledFigure[] {
  const names = [...new Set(figures.map((figure) => figure.name))];
  return names.map((name) => {
    const own = figures.filter((figure) => figure.name === name);
    const weight = own.reduce((sum, { error }) => sum + error ** -2, 0);
    const difference = own.reduce((sum, figure) => sum + figure.difference * figure.error ** -2, 0) / weight;
    const worstScore = Math.max(...own.map((figure) => Math.abs(figure.difference / figure.error)));
    return { name, difference, error: weight ** -0.5, worstScore };
  });
}

/**
 * True where closed form and emulator agree: within one per cent, or where the figure is known no better, by no more than its
 * statistics allow. Five standard errors come once in two million figures.
 */
export function agrees({ difference, error }: AgreementFigure): boolean {
  return Math.abs(difference) < Math.max(0.01, 5 * error);
}
