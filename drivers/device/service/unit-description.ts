import { DeviceError } from "../../../errors/index.ts";
import { type CommandName, commandNameOf, type ReplyOf } from "../../../protocol/index.ts";
import { printable } from "../../session/printable.ts";
import type { Call } from "../commands.ts";

/** Commands of the protocol that every unit answers. */
const BASIC: readonly CommandName[] = [
  "ping",
  "identify",
  "listParameters",
  "getParameter",
  "setParameter",
  "startKeyExchange",
  "stopKeyExchange",
  "credit",
  "getStatus",
  "listAlarms",
  "selfTest",
  "startCalibration",
  "timeSync",
  "reset",
  "identifyLed",
  "readLog",
];

/** A part with a serial number of its own. */
export interface UnitPart {
  readonly name: string;
  readonly model: string;
  readonly serial: string;
}

/** What a unit tells of itself beside its identity. */
export interface UnitDescription {
  /** When its instruments were calibrated, and when they have to be again; null where the unit does not say. */
  readonly calibratedAt: Date | null;
  readonly calibrationDue: Date | null;
  /** Relative standard uncertainty of the mean photon numbers that it states; null at a receiver. */
  readonly meanPhotonsUncertainty: number | null;
  /** Null where the unit does not say. */
  readonly quantumNm: number | null;
  readonly serviceNm: number | null;
  readonly parts: readonly UnitPart[];
  readonly measurements: ReplyOf<"describe">["measurements"];
  readonly histograms: ReplyOf<"describe">["histograms"];
  readonly tunes: ReplyOf<"describe">["tunes"];
  /** Commands that it answers; vendors' own ones are left out. */
  readonly commands: readonly CommandName[];
}

/** A unit that knows no `describe` has none of the extensions. */
const PLAIN: UnitDescription = {
  calibratedAt: null,
  calibrationDue: null,
  meanPhotonsUncertainty: null,
  quantumNm: null,
  serviceNm: null,
  parts: [],
  measurements: [],
  histograms: [],
  tunes: [],
  commands: BASIC,
};

/** Whether an error says that the unit does not have what was asked for. */
export const isNotSupported = (error: unknown): boolean =>
  error instanceof DeviceError && error.code === "QKD_DEVICE_UNKNOWN_OPCODE";

/** Asks a unit what it is. One without the command is described all the same: as one without extensions. */
export async function describeUnit(call: Call): Promise<UnitDescription> {
  try {
    const reply = await call("describe", {});
    return {
      calibratedAt: dateOf(reply.calibratedAtS),
      calibrationDue: dateOf(reply.calibrationDueS),
      meanPhotonsUncertainty: reply.meanPhotonsUncertainty,
      quantumNm: reply.quantumNm,
      serviceNm: reply.serviceNm,
      parts: reply.parts.map(({ name, model, serial }) => ({
        name: printable(name),
        model: printable(model),
        serial: printable(serial),
      })),
      measurements: reply.measurements,
      histograms: reply.histograms,
      tunes: reply.tunes,
      commands: reply.commands.map(commandNameOf).filter((name) => name !== undefined),
    };
  } catch (error) {
    if (isNotSupported(error)) return PLAIN;
    throw error;
  }
}

/** Dates end in the year 275760: a unit may say any number of seconds. */
function dateOf(seconds: number | null): Date | null {
  if (seconds === null) return null;
  const date = new Date(1000 * seconds);
  return Number.isNaN(date.getTime()) ? null : date;
}
