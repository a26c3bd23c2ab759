import { createHash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TransceiverIdentity, UnitParameterValue } from "../../drivers/index.ts";
import { ConfigError, fileReason } from "../../errors/index.ts";

/** Settings as they were before a change that has not ended. */
export interface PendingChange {
  readonly found: Readonly<Record<string, UnitParameterValue>>;
}

/** Where changes under way are written down: a unit that goes away in the middle is put right on the next contact. */
function journalFolder(): string {
  const state = process.env.XDG_STATE_HOME;
  const home = state === undefined || state === "" ? join(homedir(), ".local", "state") : state;
  return join(home, "qkdlink", "settings");
}

/** A name of the unit that no file system stumbles over, whatever the unit calls itself. */
function fileOf({ vendor, model, serial, role }: TransceiverIdentity): string {
  const name = createHash("sha256")
    .update(JSON.stringify([vendor, model, serial, role]))
    .digest("hex");
  return join(journalFolder(), `${name.slice(0, 24)}.json`);
}

/** The change of this unit's settings that has not ended, undefined for none. A journal that cannot be read is an error. */
export function pendingChange(unit: TransceiverIdentity): PendingChange | undefined {
  const file = fileOf(unit);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw unreadable(file, cause);
  }
  try {
    const read = JSON.parse(text) as PendingChange;
    const values = Object.values(read.found);
    if (values.every((value) => ["number", "boolean", "string"].includes(typeof value))) return read;
  } catch (cause) {
    throw unreadable(file, cause);
  }
  throw unreadable(file);
}

/** Writes down what is about to be changed, on the disk before anything is sent. Throws ConfigError QKD_OUTPUT_WRITE. */
export function beginChange(unit: TransceiverIdentity, change: PendingChange): void {
  const file = fileOf(unit);
  try {
    mkdirSync(journalFolder(), { recursive: true, mode: 0o700 });
    const handle = openSync(`${file}.new`, "w", 0o600);
    try {
      writeSync(handle, `${JSON.stringify(change)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new ConfigError(
      "QKD_OUTPUT_WRITE",
      `${file} cannot be written, and nothing was changed at the unit: ${fileReason(cause)}`,
      {
        cause,
        remedy: "give this user a writable state folder (XDG_STATE_HOME) with free space",
      },
    );
  }
}

/** The change has ended, one way or the other. */
export function endChange(unit: TransceiverIdentity): void {
  rmSync(fileOf(unit), { force: true });
}

function unreadable(file: string, cause?: unknown): ConfigError {
  return new ConfigError("QKD_CONFIG_UNREADABLE", `${file}, the note of a change under way, cannot be read`, {
    cause,
    remedy: "compare the unit's settings with an export, then remove the file",
  });
}
