import type { PlotAxis } from "../../plot.ts";

const STEPS = [1, 2, 5, 10];

/** Round places of an axis, some five of them; powers of ten on a logarithmic one. */
export function ticksOf({ from, to, log }: Pick<PlotAxis, "from" | "to" | "log">): readonly number[] {
  if (!(to > from)) return [];
  if (log) {
    if (!(from > 0)) return [];
    const first = Math.ceil(Math.log10(from) - 1e-9);
    const last = Math.floor(Math.log10(to) + 1e-9);
    const every = Math.max(1, Math.ceil((last - first) / 6));
    return Array.from(
      { length: Math.floor((last - first) / every) + 1 },
      (_, index) => 10 ** (first + index * every),
    );
  }
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((one) => one * power >= rough * 0.999) ?? 10);
  const start = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - start + 1;
  return Array.from({ length: Math.max(0, Math.min(50, count)) }, (_, index) => {
    const value = (start + index) * step;
    return Number(value.toPrecision(12));
  });
}
