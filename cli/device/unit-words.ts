import type { UnitParameter, UnitParameterValue } from "../../drivers/index.ts";

/** A value with its unit, as a person reads it. */
export function valueWords(value: UnitParameterValue, unit: string): string {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "string") return JSON.stringify(value);
  return unit === "" ? `${value}` : `${value} ${unit}`;
}

/** The range of a parameter in words. */
export function rangeWords({ type, min, max, unit, writable }: UnitParameter): string {
  if (!writable) return "read only";
  if (type === "boolean") return "true or false";
  if (type === "text") return `at most ${max} bytes`;
  return `${min} to ${max}${unit === "" ? "" : ` ${unit}`}`;
}

/** Rows with each column as wide as its widest entry. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((entry, column) => (column === row.length - 1 ? entry : entry.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** A time in words: days and hours, hours and minutes, or seconds. */
export function durationWords(seconds: number): string {
  const whole = Math.floor(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** One JSON line; numbers of 64 bits become plain ones. */
export function jsonLine(value: object): string {
  return `${JSON.stringify(value, (_key, one) => (typeof one === "bigint" ? Number(one) : one))}\n`;
}

/** A day as in ISO 8601. */
export const dayWords = (date: Date): string => date.toISOString().slice(0, 10);
