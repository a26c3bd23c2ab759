import { createHash } from "node:crypto";
import type { UnitIdentity } from "../../report/index.ts";
import type { Known } from "../steps/known.ts";
import type { Unit } from "../units/unit.ts";

/** SHA-256 of a text in hexadecimal. */
export const sha256Of = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** A unit with its settings, as the report names it. */
export async function unitIdentity(unit: Unit, known: Known): Promise<UnitIdentity> {
  const { vendor, model, serial, firmware, hardwareRevision } = unit.device.identity;
  const parameters = await unit.command("listParameters", {}, () => unit.device.listParameters());
  return {
    role: unit.site,
    vendor,
    model,
    serial,
    firmware,
    hardware: hardwareRevision,
    calibratedOn: known.describe?.[unit.site]?.calibratedOn ?? null,
    parameters: parameters.map(({ name, value, unit: unitOf }) => ({
      name,
      value: String(value),
      unit: unitOf,
    })),
  };
}
