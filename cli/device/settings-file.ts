import { readFileSync, statSync, writeFileSync } from "node:fs";
import type { TransceiverIdentity, UnitParameter, UnitParameterValue } from "../../drivers/index.ts";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { readSiteDocument } from "../config/site-document.ts";

const FORMAT = "qkdlink-settings/1";
/** A file of settings has a few kilobytes. */
const MOST_BYTES = 1 << 20;

/** Settings of a unit in a file. */
export interface SettingsFile {
  readonly format: typeof FORMAT;
  readonly exportedUtc: string;
  readonly unit: Pick<TransceiverIdentity, "role" | "vendor" | "model" | "serial" | "firmware">;
  /** Kept when the unit is switched off. */
  readonly settings: Readonly<Record<string, UnitParameterValue>>;
  /** Forgotten when it is switched off: how this very unit is aligned. */
  readonly volatile: Readonly<Record<string, UnitParameterValue>>;
}

/** What a unit is set to now, as a file holds it; read-only parameters are left out. */
export function settingsOf(
  { role, vendor, model, serial, firmware }: TransceiverIdentity,
  parameters: readonly UnitParameter[],
  now: Date,
): SettingsFile {
  const those = (volatile: boolean) =>
    Object.fromEntries(
      parameters
        .filter((one) => one.writable && one.volatile === volatile)
        .map(({ name, value }) => [name, value]),
    );
  return {
    format: FORMAT,
    exportedUtc: now.toISOString(),
    unit: { role, vendor, model, serial, firmware },
    settings: those(false),
    volatile: those(true),
  };
}

/** The text of a file: JSON where its name ends so, else YAML. */
function settingsText(file: SettingsFile, name: string): string {
  if (name.endsWith(".json")) return `${JSON.stringify(file, null, 2)}\n`;
  const lines = Object.entries(file).flatMap(([key, value]) =>
    typeof value === "string"
      ? [`${key}: ${JSON.stringify(value)}`]
      : [
          `${key}:`,
          ...Object.entries(value).map(
            ([inner, one]) => `  ${JSON.stringify(inner)}: ${JSON.stringify(one)}`,
          ),
        ],
  );
  return `${lines.join("\n").replaceAll(/^( *)"([A-Za-z]\w*)":/gm, "$1$2:")}\n`;
}

/** Writes a new file; one that is there is left alone unless it may be replaced. Throws ConfigError QKD_OUTPUT_WRITE. */
export function writeSettings(file: SettingsFile, name: string, replace: boolean): void {
  try {
    writeFileSync(name, settingsText(file, name), { flag: replace ? "w" : "wx", mode: 0o600 });
  } catch (cause) {
    const there = (cause as NodeJS.ErrnoException).code === "EEXIST";
    throw new ConfigError(
      "QKD_OUTPUT_WRITE",
      there ? `${name} is there already` : `${name} cannot be written: ${fileReason(cause)}`,
      {
        cause,
        ...(there ? { remedy: "name another file, or say --force" } : {}),
      },
    );
  }
}

/** Reads a file of settings. Throws ConfigError naming line and field. */
export function readSettings(name: string): SettingsFile {
  let text: string;
  try {
    if (statSync(name).size > MOST_BYTES) throw invalid(name, "is too large to be settings of a unit");
    text = readFileSync(name, "utf8");
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${name} cannot be read: ${fileReason(cause)}`, { cause });
  }
  const { value, faults, placeOf } = readSiteDocument(text);
  const at = (...path: string[]) => {
    const { line, column } = placeOf(path);
    return `${name}:${line}:${column}`;
  };
  const [fault] = faults;
  if (fault !== undefined) throw invalid(`${name}:${fault.line}:${fault.column}`, fault.message);
  const { format, exportedUtc, unit, settings, volatile } = value as Partial<Record<string, unknown>>;
  if (format !== FORMAT) throw invalid(at("format"), `is no ${FORMAT}: it was not made by device export`);
  for (const field of ["role", "vendor", "model", "serial", "firmware"])
    if (typeof (unit as Record<string, unknown> | undefined)?.[field] !== "string")
      throw invalid(at("unit", field), `unit.${field} must be a text`);
  for (const [group, values] of [
    ["settings", settings],
    ["volatile", volatile],
  ] as const) {
    if (typeof values !== "object" || values === null || Array.isArray(values))
      throw invalid(at(group), `${group} must hold names and values`);
    for (const [key, one] of Object.entries(values))
      if (!["number", "boolean", "string"].includes(typeof one))
        throw invalid(at(group, key), `${group}.${key} must be a number, a truth value or a text`);
  }
  return { format: FORMAT, exportedUtc: String(exportedUtc), unit, settings, volatile } as SettingsFile;
}

function invalid(where: string, sentence: string): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", `${where} ${sentence}`, {
    context: { file: where },
    remedy: "use a file that qkdlink device ADDR export has written",
  });
}
