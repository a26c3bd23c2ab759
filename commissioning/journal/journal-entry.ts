import { ConfigError } from "../../errors/index.ts";
import type { SettingValue, Site } from "../units/unit.ts";

/** One line of the journal: a setting is about to be changed, or was put back. */
export type JournalEntry =
  | {
      readonly type: "set";
      readonly step: number;
      readonly unit: Site;
      readonly serial: string;
      readonly name: string;
      readonly found: SettingValue;
      readonly to: SettingValue;
    }
  | { readonly type: "restored"; readonly serial: string; readonly name: string };

/** A setting that is not as it was found. */
export interface PendingSetting {
  readonly unit: Site;
  readonly serial: string;
  readonly name: string;
  readonly found: SettingValue;
}

/**
 * What of a journal is still to be put back: for each setting the value found before the first change since it was last
 * restored, newest change first, so that settings that depend on each other go back in reverse order.
 */
export function pendingSettings(entries: readonly JournalEntry[]): readonly PendingSetting[] {
  const pending = new Map<string, PendingSetting>();
  for (const entry of entries) {
    const key = `${entry.serial} ${entry.name}`;
    if (entry.type === "restored") pending.delete(key);
    else {
      const { unit, serial, name } = entry;
      const found = pending.get(key)?.found ?? entry.found;
      pending.delete(key);
      pending.set(key, { unit, serial, name, found });
    }
  }
  return [...pending.values()].reverse();
}

/** The line of an entry. */
export const journalLine = (entry: JournalEntry): string => `${JSON.stringify(entry)}\n`;

/**
 * Entries of a journal's text. What stands after the last line feed was cut short by a crash: its setting was never sent,
 * because lines are durable first. A line that is none ends the reading where nothing follows; otherwise it throws.
 */
export function readJournal(text: string): readonly JournalEntry[] {
  return text.split("\n").slice(0, -1).map(entryOf);
}

function entryOf(line: string): JournalEntry {
  const entry = JSON.parse(line) as JournalEntry;
  const isText = (value: unknown) => typeof value === "string" && value.length <= 100;
  const isValue = (value: unknown) => isText(value) || Number.isFinite(value);
  const whose = isText(entry.serial) && isText(entry.name);
  if (whose && entry.type === "restored") return entry;
  if (
    whose &&
    entry.type === "set" &&
    isValue(entry.found) &&
    (entry.unit === "alice" || entry.unit === "bob")
  )
    return entry;
  throw new ConfigError("QKD_CONFIG_UNREADABLE", "a line of the journal is no setting");
}
