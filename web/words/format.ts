/** Narrow no-break space, which stands before units. */
export const THIN = "\u202f";

/** A number with `digits` after the point and a true minus. */
export function fixed(value: number, digits = 2): string {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** Three significant digits. */
export function three(value: number): string {
  if (value === 0) return "0";
  const before = Math.floor(Math.log10(Math.abs(value))) + 1;
  return fixed(value, Math.min(6, Math.max(0, 3 - before)));
}

const PREFIXES = [
  ["G", 1e9],
  ["M", 1e6],
  ["k", 1e3],
] as const;

/** Prefix and size of a scale on which the value has one to three digits before the point. */
export function scaleOf(value: number): readonly [prefix: string, size: number] {
  return PREFIXES.find(([, size]) => Math.abs(value) >= size) ?? ["", 1];
}

/** `6.90 Mb/s`, in parts so that the unit may be set smaller. */
export function measured(value: number, unit: string): readonly [number: string, unit: string] {
  const [prefix, size] = scaleOf(value);
  return [three(value / size), `${prefix}${unit}`];
}

/** The same as one text. */
export function withUnit(value: number, unit: string): string {
  return measured(value, unit).join(THIN);
}

/** A share as per cent, with unit. */
export function percent(share: number, digits = 2): string {
  return `${fixed(100 * share, digits)}${THIN}%`;
}

/** `28 min 4 s`, the two largest parts. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(s / 86_400), "d"],
    [Math.floor((s % 86_400) / 3600), "h"],
    [Math.floor((s % 3600) / 60), "min"],
    [s % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return `0${THIN}s`;
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${THIN}${unit}`)
    .join(" ");
}

const two = (value: number): string => String(value).padStart(2, "0");

/** Time of day, UTC, `14:02:09`. */
export function clock(atMs: number): string {
  const at = new Date(atMs);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** `14:02` */
export function clockMinutes(atMs: number): string {
  return clock(atMs).slice(0, 5);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `29 Nov` */
export function day(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""}`;
}

/** Time of day, with the day before it where that is another one than today's. */
export function since(atMs: number, nowMs: number): string {
  return day(atMs) === day(nowMs) ? clock(atMs) : `${day(atMs)} ${clockMinutes(atMs)}`;
}

/** Thousands kept apart. */
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** An alarm's name without the unit that its register carries: `qberXPpm` is `qberX`. */
export function alarmTitle(name: string): string {
  return name.replace(/(?<=[a-zXZ])(Ppm|Hz|Dbm|Db|Na|Ma|C|V|A)$/, "");
}
