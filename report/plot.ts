/** One axis of a plot, with the ends that the writer chose. */
export interface PlotAxis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** Logarithmic to base ten. */
  readonly log: boolean;
  /** Names of the places 0, 1, 2 … where the axis counts things instead of measuring. */
  readonly places: readonly string[];
}

/** One series: points with their standard uncertainty (0 for none). */
export interface PlotSeries {
  readonly name: string;
  readonly drawn: "points" | "line" | "bars" | "dashed";
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly u: readonly number[];
}

/** A limit or an expected value, across the plot. */
export interface PlotLine {
  readonly across: "x" | "y";
  readonly at: number;
  /** Ends of a line across y that does not go all the way; null for the edge. */
  readonly from: number | null;
  readonly to: number | null;
  readonly label: string;
  readonly meaning: "limit" | "expected" | "result";
}

/** What a step draws, as data: the page is made from it. */
export interface Plot {
  readonly title: string;
  readonly note: string;
  readonly wide: boolean;
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  readonly series: readonly PlotSeries[];
  readonly lines: readonly PlotLine[];
}
