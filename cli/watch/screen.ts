import type { HealthQuantity } from "../../drivers/index.ts";
import { INPUT_REGISTERS, type RegisterDeclaration } from "../../protocol/index.ts";
import type { RememberedAlarm } from "./alarm-memory.ts";
import { figure, lasting, rangeBar, sparkline } from "./figures.ts";
import { levelMark, marked, painted, unitMark } from "./status-marks.ts";
import type { UnitView } from "./unit-view.ts";

/** What a picture of the units needs to know of the terminal and the time. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
  /** The watch's steady clock. */
  readonly nowMs: number;
  /** Time of day, UTC. */
  readonly wall: Date;
}

/** A reading older than this says nothing about now. */
const STALE_MS = 10_000;
const BAR = 24;
const NAME = 27;
const VALUE = 13;

/** The whole picture, top to bottom; never more rows than the terminal has. */
export function screenLines(units: readonly UnitView[], screen: Screen): string[] {
  const { rows, columns, wall } = screen;
  const head = `qkdlink watch   ${wall.toISOString().slice(11, 19)} UTC`;
  const lines = [`${head}${"q quits".padStart(Math.max(1, columns - head.length))}`];
  const room = Math.floor((rows - 1) / units.length);
  for (const unit of units) lines.push(...unitLines(unit, screen, room));
  return lines.slice(0, rows);
}

function unitLines(unit: UnitView, screen: Screen, room: number): string[] {
  const { identity, connection, health, trouble } = unit;
  const { colours, nowMs, columns } = screen;
  const role = identity.role === "qtx" ? "QTX" : "QRX";
  const mark = unitMark(connection, health?.state ?? null);
  const lines = [
    "─".repeat(columns),
    `${role} ${identity.model} ${identity.serial}   ${marked(mark, colours)}   ${upTime(unit)}   ${unit.address}`,
  ];
  if (connection !== "online") {
    const seen =
      unit.readAtMs === null ? "no reading yet" : `no reading for ${lasting(nowMs - unit.readAtMs)}`;
    lines.push(`${seen}${trouble === null ? "" : `: ${trouble}`}`);
  }
  lines.push(...trendLines(unit, columns));
  const alarms = alarmLines(unit, screen);
  const readings = readingLines(unit, screen, Math.max(0, room - lines.length - alarms.length));
  return [...lines, ...readings, ...alarms].slice(0, room).map((line) => cut(line, columns));
}

function upTime({ health }: UnitView): string {
  const up = health?.quantities.find(({ name }) => name === "uptimeS")?.value;
  return up === undefined ? "" : `up ${lasting(1000 * up)}`;
}

const TREND_NAMES: Readonly<Record<string, readonly [label: string, unit: string]>> = {
  qberPpm: ["QBER", "ppm"],
  detector0CountRateHz: ["counts D0", "Hz"],
  detector1CountRateHz: ["counts D1", "Hz"],
  laserPowerDbm: ["laser power", "dBm"],
};

function trendLines({ trends }: UnitView, columns: number): string[] {
  return [...trends].map(([name, values]) => {
    const [label, unit] = TREND_NAMES[name] ?? [name, ""];
    const last = values.at(-1) ?? Number.NaN;
    const width = Math.max(10, columns - 12 - VALUE - 2);
    return `${label.padEnd(12)}${figure(last, unit).padStart(VALUE)}  ${sparkline(values, width)}`;
  });
}

/** Readings with ranges first those that are out of order, then the others in the order of the register map. */
function readingLines({ health }: UnitView, screen: Screen, room: number): string[] {
  if (health === null || room === 0) return [];
  const ranged = health.quantities.filter(({ name }) => rangesOf(name) !== undefined);
  const urgency = (quantity: HealthQuantity) =>
    quantity.level === "invalid" ? 0 : quantity.level === "degraded" ? 1 : 2;
  const ordered = ranged.toSorted((a, b) => urgency(a) - urgency(b));
  const shown = ordered.length <= room ? ordered : ordered.slice(0, room - 1);
  const lines = shown.map((quantity) => readingLine(quantity, screen));
  const hidden = ordered.slice(shown.length);
  if (hidden.length > 0) {
    const bad = hidden.filter(({ level }) => level !== "ok").length;
    lines.push(`… ${hidden.length} more, ${bad === 0 ? "all in order" : `${bad} out of order`}`);
  }
  return lines;
}

function rangesOf(name: string): RegisterDeclaration | undefined {
  const declaration: RegisterDeclaration | undefined = Object.hasOwn(INPUT_REGISTERS, name)
    ? INPUT_REGISTERS[name as keyof typeof INPUT_REGISTERS]
    : undefined;
  return declaration?.operating === undefined ? undefined : declaration;
}

function readingLine(quantity: HealthQuantity, { colours }: Screen): string {
  const { name, value, unit } = quantity;
  const { operating, absolute } = rangesOf(name) ?? {};
  const bar =
    operating === undefined || absolute === undefined ? "" : rangeBar(value, operating, absolute, BAR);
  const limits =
    operating === undefined ? "" : `${figure(operating[0], unit)} to ${figure(operating[1], unit)}`;
  const { shape, word, colour } = levelMark(quantity, STALE_MS);
  return [
    `${painted(shape, colour, colours)} ${name.padEnd(NAME)}`,
    figure(value, unit).padStart(VALUE),
    bar.padEnd(BAR),
    painted(word, colour, colours),
    quantity.level === "ok" ? "" : `(operating ${limits})`,
  ]
    .join("  ")
    .trimEnd();
}

function alarmLines({ alarms }: UnitView, { nowMs, colours }: Screen): string[] {
  const known = [...alarms.values()].toSorted(
    (a, b) => Number(b.sinceMs !== null) - Number(a.sinceMs !== null),
  );
  if (known.length === 0) return ["alarms: ○ none since the watch began"];
  return known.map((alarm) => alarmLine(alarm, nowMs, colours));
}

function alarmLine(alarm: RememberedAlarm, nowMs: number, colours: boolean): string {
  const { name, severity, level, text, sinceMs, count } = alarm;
  const longest = Math.max(alarm.longestMs, sinceMs === null ? 0 : nowMs - sinceMs);
  const mark =
    sinceMs === null
      ? ({ shape: "◐", word: "gone", colour: "yellow" } as const)
      : level === "absolute"
        ? ({ shape: "■", word: "present", colour: "red" } as const)
        : ({ shape: "▲", word: "present", colour: "yellow" } as const);
  const times = count > 1 ? `, ${count} times` : "";
  const since = sinceMs === null ? "" : ` for ${lasting(nowMs - sinceMs)}`;
  return `${marked(mark, colours)}${since}  ${name} (${severity})${times}, longest ${lasting(longest)}${text === "" ? "" : `: ${text}`}`;
}

/** A line that does not reach the last column, without counting what only sets colours. */
function cut(line: string, columns: number): string {
  let shown = 0;
  let out = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
  for (const part of line.split(/(\x1b\[\d+m)/)) {
    if (part.startsWith("\x1b[")) {
      out += part;
      continue;
    }
    const rest = [...part].slice(0, Math.max(0, columns - shown));
    shown += rest.length;
    out += rest.join("");
  }
  return out;
}
