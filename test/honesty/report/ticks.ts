/** Round values that divide a range evenly, about `wanted` of them. */
export function linearTicks(low: number, high: number, wanted = 5): number[] {
  const raw = (high - low) / wanted;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * ([1, 2, 5, 10].find((factor) => factor * size >= raw) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
}

/** Powers of ten in a range of positive numbers. */
export function decadeTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power++)
    ticks.push(10 ** power);
  return ticks;
}

/** Short text of a tick value. */
export function tickText(value: number): string {
  if (Math.abs(value) < 1e-12) return "0";
  const size = Math.abs(value);
  if (size >= 1e-2 && size < 1e5) return String(Number(value.toPrecision(4)));
  return value.toExponential().replace("e+", "e");
}
