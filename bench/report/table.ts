import { type Figure, meets, ratioOf } from "../figure.ts";

const HEADS = ["bench", "what", "median", "spread", "unit", "target", "met", "ratio", "note"] as const;

/** Every figure beside its target and the plain way, as aligned text. */
export function table(figures: readonly Figure[]): string {
  const rows = [HEADS, ...figures.map(row)];
  const widths = HEADS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column >= 2 && column <= 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}

function row(figure: Figure): string[] {
  const { bench, what, unit, median, spread, runs, target, baseline, note } = figure;
  const met = meets(figure);
  const ratio = ratioOf(figure);
  return [
    bench,
    what,
    short(median),
    spread === null ? "" : `±${short(spread)}`,
    unit,
    target === undefined ? "" : `${target.bound === "least" ? ">=" : "<="} ${target.value}`,
    met === null ? "" : met ? "yes" : "NO",
    ratio === null ? "" : `${short(ratio)}x ${baseline?.what}`,
    [...(runs > 1 ? [`${runs} runs`] : []), ...(note === undefined ? [] : [note])].join("; "),
  ];
}

/** Four significant digits, without an exponent. */
function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(6, digits));
}
