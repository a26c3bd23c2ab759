/** One set of points of a figure. */
export interface Series {
  readonly name: string;
  /** `line` for what theory says, `points` for what was sampled, `bars` for histograms. */
  readonly shape: "line" | "points" | "bars";
  readonly points: readonly { readonly x: number; readonly y: number; readonly error?: number }[];
}

/** A plot of the page. */
export interface Figure {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logY?: boolean;
  readonly series: readonly Series[];
  /** One sentence on how to read it. */
  readonly caption: string;
}
