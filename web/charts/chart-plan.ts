/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  /** CSS variable of its colour. */
  readonly colour: string;
  readonly dashed?: boolean;
  readonly values: readonly (number | null)[];
}

/** A limit with the region beyond it. */
export interface ChartLimit {
  readonly at: number;
  readonly beyond: "above" | "below";
  readonly kind: "operating" | "absolute";
  readonly label: string;
}

/** A moment with a word. */
export interface ChartMoment {
  readonly atS: number;
  readonly word: string;
}

/** Everything that a chart shows, in the units of its axis. */
export interface ChartPlan {
  readonly unit: string;
  readonly digits: number;
  /** Seconds since 1970 of each value. */
  readonly timesS: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly limits: readonly ChartLimit[];
  /** The built value, dotted. */
  readonly built: { readonly at: number; readonly label: string } | null;
  readonly moments: readonly ChartMoment[];
  readonly range: readonly [low: number, high: number];
  readonly fromS: number;
  readonly toS: number;
}

/** A span without reading. */
export interface Gap {
  readonly fromS: number;
  readonly toS: number;
  /** It reaches to the present. */
  readonly open: boolean;
}

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The smallest round number that all values stay below; axes grow by it and do not shrink while a page is open. */
export function roundAbove(values: readonly (number | null)[], least: number): number {
  const largest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0) * 1.08;
  if (largest <= least) return least;
  const power = 10 ** Math.floor(Math.log10(largest));
  return (STEPS.find((step) => step * power >= largest) ?? 10) * power;
}

/** Spans in which every line lacks its value, or nothing was heard: longer than `mostS` between two points. */
export function gapsOf({ timesS, lines, toS }: ChartPlan, mostS: number): Gap[] {
  const gaps: Gap[] = [];
  const missing = (index: number) => lines.every(({ values }) => values[index] == null);
  let from: number | null = null;
  timesS.forEach((atS, index) => {
    const before = timesS[index - 1];
    if (before !== undefined && atS - before > mostS)
      gaps.push({ fromS: from ?? before, toS: atS, open: false });
    if (before !== undefined && atS - before > mostS) from = null;
    if (missing(index)) from ??= before ?? atS;
    else if (from !== null) {
      gaps.push({ fromS: from, toS: atS, open: false });
      from = null;
    }
  });
  const last = timesS.at(-1);
  if (from !== null) gaps.push({ fromS: from, toS, open: true });
  else if (last !== undefined && toS - last > mostS) gaps.push({ fromS: last, toS, open: true });
  return gaps;
}
