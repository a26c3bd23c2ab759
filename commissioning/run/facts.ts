import { createHash } from "node:crypto";
import type { UnitIdentity } from "../../report/index.ts";
import type { Unit } from "../units/unit.ts";

/** SHA-256 of a text in hexadecimal. */
export const sha256Of = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** The day of a date, in UTC; units may say any date, reports have four digits for the year. */
const dayOf = (date: Date | null): string | null =>
  date === null || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0
    ? null
    : date.toISOString().slice(0, 10);

/** A unit with its settings, as the report names it. */
export async function unitIdentity(unit: Unit): Promise<UnitIdentity> {
  const { vendor, model, serial, firmware, hardwareRevision } = unit.device.identity;
  const parameters = await unit.command("listParameters", {}, () => unit.device.listParameters());
  return {
    role: unit.site,
    vendor,
    model,
    serial,
    firmware,
    hardware: hardwareRevision,
    calibratedOn: dayOf(unit.description.calibratedAt),
    calibrationDueOn: dayOf(unit.description.calibrationDue),
    parts: unit.description.parts.map(({ name, model, serial: number }) => ({ name, model, serial: number })),
    parameters: parameters.map(({ name, value, unit: unitOf }) => ({
      name,
      value: String(value),
      unit: unitOf,
    })),
  };
}
