/** Narrow no-break space: before units and between groups of digits. */
const THIN = "\u202f";
const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number for readers: three digits, or as many decimals as asked for; true minus, groups of three. */
export function figure(value: number, decimals?: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (decimals === undefined && size > 0 && (size >= 1e7 || size < 1e-3)) return scientific(value);
  const digits = decimals ?? decimalsOf(value);
  const [whole = "", part] = size.toFixed(digits).split(".");
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, THIN) : whole;
  const text = part === undefined ? grouped : `${grouped}.${part}`;
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
}

/** Decimals that show three digits of a value; whole numbers need none. */
function decimalsOf(value: number): number {
  if (Number.isInteger(value)) return 0;
  const size = Math.abs(value);
  return Math.max(0, Math.min(5, 2 - Math.floor(Math.log10(size))));
}

/** Decimals at which an uncertainty shows one digit, or two where the first is a 1: more digits of the value say nothing. */
export function decimalsFor(value: number, uncertainty: number): number {
  if (!(uncertainty > 0)) return decimalsOf(value);
  const power = Math.floor(Math.log10(uncertainty));
  const digits = uncertainty / 10 ** power < 2 ? 1 - power : -power;
  return Math.max(0, Math.min(6, digits, Math.max(2, decimalsOf(value) + 1)));
}

/** A power of ten, as logarithmic axes have it. */
export function powerOfTen(value: number): string {
  const power = Math.round(Math.log10(value));
  if (power >= 0 && power <= 2) return String(10 ** power);
  return `10${power < 0 ? "⁻" : ""}${superscript(Math.abs(power))}`;
}

const superscript = (whole: number): string =>
  [...String(whole)].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");

function scientific(value: number): string {
  const [mantissa = "", exponent = "0"] = value.toExponential(2).split("e");
  const power = superscript(Math.abs(Number(exponent)));
  return `${mantissa.replace("-", MINUS)}${THIN}×${THIN}10${Number(exponent) < 0 ? "⁻" : ""}${power}`;
}

/** A value with its unit. */
export const withUnit = (text: string, unit: string): string =>
  unit === "" ? text : `${text}${THIN}${unit}`;

/** A rate in the unit that leaves up to three digits before the point. */
export function rate(bitsPerS: number): string {
  for (const [scale, unit] of [
    [1e9, "Gb/s"],
    [1e6, "Mb/s"],
    [1e3, "kb/s"],
  ] as const)
    if (bitsPerS >= scale) return withUnit(figure(bitsPerS / scale), unit);
  return withUnit(figure(bitsPerS), "b/s");
}

/** A duration as 28 min 4 s. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [Math.round(seconds % 60), "s"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => withUnit(String(count), unit));
  return shown.length === 0 ? withUnit("0", "s") : shown.join(" ");
}

/** A time of report.json as 29 Nov 2026 14:02 UTC. */
export function moment(utc: string): string {
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const [year = "", month = "01", day = ""] = utc.slice(0, 10).split("-");
  return `${Number(day)} ${months[Number(month) - 1]} ${year} ${utc.slice(11, 16)} UTC`;
}
