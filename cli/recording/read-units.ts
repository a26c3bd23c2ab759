import { existsSync } from "node:fs";
import { crc32 } from "node:zlib";
import { decodePseudoHeader, fileName, planeOf, RecordedUnit, readCapture } from "../../capture/index.ts";
import { CaptureError, ConfigError, fileReason } from "../../errors/index.ts";

/** Units of a recording by their number, from 1, and what ended the reading early. */
export interface ReadUnits {
  readonly units: ReadonlyMap<number, RecordedUnit>;
  readonly damage: CaptureError | undefined;
}

/**
 * Reads a recording and the files that follow it. A damage ends the reading; what was before it counts. Throws ConfigError
 * QKD_CONFIG_UNREADABLE, and CaptureError where nothing of a unit could be read.
 */
export async function readUnits(first: string): Promise<ReadUnits> {
  const units = new Map<number, RecordedUnit>();
  let damage: CaptureError | undefined;
  try {
    for (let number = 1; number === 1 || existsSync(fileName(first, number)); number++)
      for await (const packet of readCapture(fileName(first, number))) {
        const facts = decodePseudoHeader(packet.bytes);
        const plane = planeOf(packet.interface.linkType);
        if (facts === undefined || plane === undefined || plane === "peer") continue;
        const unit = units.get(facts.unit + 1) ?? new RecordedUnit({ crc32 });
        units.set(facts.unit + 1, unit);
        unit.take(packet);
      }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw unreadable(first, error);
    damage = error;
  }
  if (units.size > 0) return { units, damage };
  throw (
    damage ??
    new CaptureError("QKD_CAPTURE_MISSING", `${first} holds nothing of a unit`, {
      context: { file: first },
      remedy: "name a recording of qkdlink record",
    })
  );
}

function unreadable(file: string, cause: unknown): ConfigError {
  return new ConfigError("QKD_CONFIG_UNREADABLE", `${file} cannot be read: ${fileReason(cause)}`, {
    cause,
    context: { file },
    remedy: "name a recording of qkdlink record",
  });
}
