import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CommissionError, ConfigError, fileReason, knownError } from "../../errors/index.ts";
import { PARAMETERS, type ParameterName } from "../../protocol/index.ts";
import type { SettingChange } from "../../report/index.ts";
import { appendDurably, dropUnfinishedLine } from "../files/durable-lines.ts";
import type { SettingValue, Unit } from "../units/unit.ts";
import {
  type JournalEntry,
  journalLine,
  type PendingSetting,
  pendingSettings,
  readJournal,
} from "./journal-entry.ts";

const FILE = "journal.jsonl";

interface Changing {
  readonly unit: Unit["site"];
  readonly name: ParameterName;
  readonly found: SettingValue;
  readonly during: SettingValue[];
  left: SettingValue | undefined;
}

/**
 * Keeps what every setting was before a step changed it. A line is on the disk before its setting is sent, so that
 * whatever happens to this program the next one can put back what it changed.
 */
export class SettingsJournal {
  readonly #path: string;
  #entries: JournalEntry[] = [];
  #changes = new Map<string, Changing>();

  /** The journal of a report's folder; goes on where an earlier run broke off. Throws CommissionError for a damaged one. */
  constructor(folder: string) {
    this.#path = join(folder, FILE);
    if (!existsSync(this.#path)) return;
    try {
      dropUnfinishedLine(this.#path);
      this.#entries = [...readJournal(readFileSync(this.#path, "utf8"))];
    } catch (cause) {
      throw new CommissionError(
        "QKD_COMMISSION_PENDING",
        `${this.#path} cannot be read: ${fileReason(cause)}`,
        {
          cause,
          remedy:
            "compare both units' settings with the last report, put back what differs, then remove the file",
        },
      );
    }
  }

  get pending(): readonly PendingSetting[] {
    return pendingSettings(this.#entries);
  }

  /** Sets a parameter for a step; gives what the unit took. The value found is durable before the unit hears of the new one. */
  async set(unit: Unit, name: ParameterName, to: SettingValue, step: number): Promise<SettingValue> {
    const key = `${unit.serial} ${name}`;
    let changing = this.#changes.get(key);
    if (changing === undefined) {
      const found = await unit.get(name);
      if (found === undefined)
        throw new CommissionError("QKD_COMMISSION_READING", `${unit.name} has no parameter ${name}`);
      changing = { unit: unit.site, name, found, during: [], left: undefined };
      this.#changes.set(key, changing);
    }
    this.#append({
      type: "set",
      step,
      unit: unit.site,
      serial: unit.serial,
      name,
      found: changing.found,
      to,
    });
    const taken = await unit.set(name, to);
    changing.during.push(taken);
    return taken;
  }

  /** Puts back everything that these units have not as it was found. Gives what could not be put back. */
  async restore(units: readonly Unit[]): Promise<readonly PendingSetting[]> {
    for (const setting of this.pending) {
      const unit = units.find(({ serial }) => serial === setting.serial);
      if (unit === undefined) continue;
      try {
        const left = await unit.set(setting.name as ParameterName, setting.found);
        const changing = this.#changes.get(`${unit.serial} ${setting.name}`);
        if (changing !== undefined) changing.left = left;
      } catch (error) {
        // Whatever stopped this one, the others still want their values back.
        knownError(error);
        continue;
      }
      const entry = { type: "restored", serial: setting.serial, name: setting.name } as const;
      this.#entries.push(entry);
      try {
        appendDurably(this.#path, journalLine(entry));
      } catch {
        // Without this line the next run sets the same value once more, which does no harm.
      }
    }
    return this.pending;
  }

  /** What the settings of a step were, for the report; forgets them. */
  takeChanges(): readonly SettingChange[] {
    const changes = [...this.#changes.values()].map(({ unit, name, found, during, left }): SettingChange => {
      const { unit: unitOfValue } = PARAMETERS[name];
      return {
        unit,
        name,
        unitOfValue,
        found: String(found),
        during: during.map(String),
        left: String(left ?? during.at(-1) ?? found),
        restored: left === found,
      };
    });
    this.#changes = new Map();
    return changes;
  }

  /** Nothing is pending any more: the file has no use. */
  remove(): void {
    if (this.pending.length === 0) rmSync(this.#path, { force: true });
  }

  #append(entry: JournalEntry): void {
    try {
      appendDurably(this.#path, journalLine(entry));
    } catch (cause) {
      throw new ConfigError(
        "QKD_OUTPUT_WRITE",
        `${this.#path} cannot be written, so nothing is set on the units: ${fileReason(cause)}`,
        {
          cause,
          context: { path: this.#path },
        },
      );
    }
    this.#entries.push(entry);
  }
}
