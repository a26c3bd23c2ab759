import { INPUT_REGISTERS, type RegisterDeclaration } from "../../protocol/index.ts";
import { figure } from "./figures.ts";
import { type Notice, quantityOf, type UnitView } from "./unit-view.ts";

/** A change in words, for a log that people read. */
export function noticeLine(unit: UnitView, notice: Notice): string {
  const name = `${unit.identity.role === "qtx" ? "QTX" : "QRX"} ${unit.identity.serial}`;
  switch (notice.type) {
    case "connection":
      return `${name} ${notice.state}${notice.trouble === null ? "" : `: ${notice.trouble}`}`;
    case "state":
      return `${name} is ${notice.state}`;
    case "alarm": {
      const { alarm } = notice;
      const { name: what, severity, level, raised, text } = alarm;
      return `${name} alarm ${what} ${raised ? `raised (${severity}, ${level} range)` : "cleared"}${raised && text !== "" ? `: ${text}` : ""}`;
    }
    case "level": {
      const { quantity, before } = notice;
      return `${name} ${quantity.name} ${figure(quantity.value, quantity.unit)}: ${before} -> ${quantity.level}${rangeWords(quantity.name, quantity.unit)}`;
    }
  }
}

function rangeWords(name: string, unit: string): string {
  const declaration: RegisterDeclaration | undefined = Object.hasOwn(INPUT_REGISTERS, name)
    ? INPUT_REGISTERS[name as keyof typeof INPUT_REGISTERS]
    : undefined;
  const { operating } = declaration ?? {};
  return operating === undefined
    ? ""
    : ` (operating ${figure(operating[0], unit)} to ${figure(operating[1], unit)})`;
}

const SUMMARY = [
  ["qberPpm", "QBER"],
  ["visibility", "visibility"],
  ["detector0CountRateHz", "D0"],
  ["detector1CountRateHz", "D1"],
  ["detector0TemperatureC", "detector"],
  ["laserPowerDbm", "laser"],
  ["attenuatorDb", "attenuator"],
] as const;

/** How a unit is doing, in one line. */
export function summaryLine(unit: UnitView): string {
  const { identity, health, connection } = unit;
  const name = `${identity.role === "qtx" ? "QTX" : "QRX"} ${identity.serial}`;
  if (connection !== "online" || health === null) return `${name} ${connection}, no reading`;
  const parts = SUMMARY.flatMap(([wanted, label]) => {
    const quantity = quantityOf(health, wanted);
    return quantity === undefined ? [] : [`${label} ${figure(quantity.value, quantity.unit)}`];
  });
  const present = [...unit.alarms.values()].filter(({ sinceMs }) => sinceMs !== null).length;
  return [`${name} ${health.state}`, ...parts, `${present} alarms`].join(", ");
}

/** A reading or a change for machines. */
export function noticeJson(unit: UnitView, notice: Notice, at: Date): object {
  const { address, identity } = unit;
  const { type, ...rest } = notice;
  return { type, at: at.toISOString(), address, role: identity.role, serial: identity.serial, ...rest };
}

/** All readings of a unit, for machines. */
export function healthJson(unit: UnitView, at: Date): object {
  const { address, identity, health } = unit;
  return {
    type: "health",
    at: at.toISOString(),
    address,
    role: identity.role,
    serial: identity.serial,
    state: health?.state ?? "offline",
    qberPpm: health?.qberPpm ?? null,
    quantities: Object.fromEntries(
      (health?.quantities ?? []).map(({ name, value, unit: of, level, ageMs }) => [
        name,
        { value, unit: of, level, ageMs: Math.round(ageMs) },
      ]),
    ),
  };
}
