const PREFIXES = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** Three digits and the unit as people write it; rates with a prefix, parts per million as per cent. */
export function figure(value: number, unit: string): string {
  if (unit === "ppm") return `${digits(value / 1e4)} %`;
  if (unit === "Hz") return `${figure(value, "bit/s").replace("bit/s", "/s")}`;
  if (unit === "bit/s") {
    const [scale, prefix] = PREFIXES.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
    return `${digits(value / scale)} ${prefix}${unit}`;
  }
  return `${digits(value)}${unit === "" ? "" : ` ${unit === "degC" ? "°C" : unit}`}`;
}

function digits(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Number.isInteger(value)) return signed(String(value));
  const size = Math.abs(value);
  return signed(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.01 || size === 0 ? 2 : 4));
}

const signed = (text: string): string => text.replace("-", "−");

/** A length of time in its two largest parts. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

const BARS = "▁▂▃▄▅▆▇█";

/** The course of a quantity in one row of characters, newest last; its own least and most are the ends of the scale. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const step = (value: number) =>
    most === least ? 3 : Math.round(((value - least) / (most - least)) * (BARS.length - 1));
  return shown.map((value) => BARS[step(value)] ?? " ").join("");
}

/**
 * Where a value lies in its ranges: `|` the operating range's ends, `:` the absolute ones', the mark the value, at the edge
 * where it lies beyond.
 */
export function rangeBar(
  value: number,
  operating: readonly [number, number],
  absolute: readonly [number, number],
  width: number,
): string {
  const [low, high] = absolute;
  const at = (point: number) =>
    Math.min(width - 1, Math.max(0, Math.round(((point - low) / (high - low)) * (width - 1))));
  const cells = Array.from({ length: width }, (_, index): string => {
    if (index === 0 || index === width - 1) return ":";
    return index > at(operating[0]) && index < at(operating[1]) ? "─" : "·";
  });
  cells[at(operating[0])] = "|";
  cells[at(operating[1])] = "|";
  cells[at(value)] = "●";
  return cells.join("");
}
