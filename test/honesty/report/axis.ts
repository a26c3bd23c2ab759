import type { Figure } from "./figure.ts";
import { decadeTicks, linearTicks } from "./ticks.ts";

/** One axis: from data to pixels, with its ticks. */
export interface Axis {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Pixels that the plot area spans. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Axes that hold everything a figure shows, error bars included. */
export function axesOf(figure: Figure, area: PlotArea): { readonly x: Axis; readonly y: Axis } {
  const points = figure.series.flatMap((series) => series.points);
  const xs = points.map(({ x }) => x);
  const bars = figure.series.some(({ shape }) => shape === "bars");
  const pad = bars ? 0.6 : 0.03 * (Math.max(...xs) - Math.min(...xs));
  const across = linear(Math.min(...xs) - pad, Math.max(...xs) + pad, area.left, area.right);
  // Histograms count: between whole numbers there is nothing.
  const x = bars ? { ...across, ticks: [...new Set(xs)].sort((a, b) => a - b) } : across;
  if (figure.logY === true) {
    const ys = points.map(({ y }) => y).filter((y) => y > 0);
    return { x, y: decades(Math.min(...ys) / 1.6, Math.max(...ys) * 1.6, area) };
  }
  const ends = points.flatMap(({ y, error = 0 }) => [y - error, y + error]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = 0.06 * (high - low) || 1;
  return { x, y: linear(low - room, high + room, area.bottom, area.top) };
}

function linear(low: number, high: number, from: number, to: number): Axis {
  return {
    at: (value) => from + ((value - low) / (high - low)) * (to - from),
    ticks: linearTicks(low, high),
  };
}

function decades(low: number, high: number, { bottom, top }: PlotArea): Axis {
  const span = Math.log10(high / low);
  const at = (value: number) => bottom + (Math.log10(Math.max(value, low) / low) / span) * (top - bottom);
  const ticks = decadeTicks(low, high);
  // Less than two decades: powers of ten alone leave the axis bare.
  const between = ticks.length < 2 ? linearTicks(low, high, 4).filter((tick) => tick > 0) : ticks;
  return { at, ticks: between };
}
