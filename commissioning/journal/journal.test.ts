import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TransportError } from "../../errors/index.ts";
import type { SettingValue, Unit } from "../units/unit.ts";
import { type JournalEntry, pendingSettings } from "./journal-entry.ts";
import { SettingsJournal } from "./settings-journal.ts";

const set = (name: string, found: number, to: number, serial = "A1"): JournalEntry => ({
  type: "set",
  step: 8,
  unit: "alice",
  serial,
  name,
  found,
  to,
});
const restored = (name: string, serial = "A1"): JournalEntry => ({ type: "restored", serial, name });

describe("what is still to be put back", () => {
  it("is the value before the first change, whatever was set since", () => {
    expect(pendingSettings([set("gateDelayPs", 3, 10), set("gateDelayPs", 3, 20)])).toEqual([
      { unit: "alice", serial: "A1", name: "gateDelayPs", found: 3 },
    ]);
  });

  it("is nothing once it was restored, and the newer value after another change", () => {
    const entries = [set("x", 1, 2), restored("x")];
    expect(pendingSettings(entries)).toEqual([]);
    expect(pendingSettings([...entries, set("x", 5, 6)])).toMatchObject([{ found: 5 }]);
  });

  it("is told newest first, by unit and name", () => {
    const entries = [set("x", 1, 2), set("y", 3, 4), set("x", 7, 8, "B2"), restored("y")];
    expect(pendingSettings(entries).map(({ serial, name }) => `${serial} ${name}`)).toEqual(["B2 x", "A1 x"]);
  });
});

/** A unit in memory that takes settings, and refuses where it is told to. */
class MemoryUnit {
  readonly site = "alice";
  readonly serial = "A1";
  readonly name = "Alice";
  readonly values = new Map<string, SettingValue>([
    ["attenuationDb", 0],
    ["laserEnabled", 1],
  ]);
  /** Called before a value is taken. */
  before: (name: string, value: SettingValue) => void = () => {};
  async get(name: string) {
    return this.values.get(name);
  }
  async set(name: string, value: SettingValue) {
    this.before(name, value);
    this.values.set(name, value);
    return value;
  }
}

let folder: string;
let unit: MemoryUnit;
const asUnit = () => unit as unknown as Unit;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-journal-"));
  unit = new MemoryUnit();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the journal of settings", () => {
  it("is on the disk before the unit hears of the value", async () => {
    const journal = new SettingsJournal(folder);
    let text = "";
    unit.before = () => {
      text = readFileSync(join(folder, "journal.jsonl"), "utf8");
    };
    await journal.set(asUnit(), "attenuationDb", 20, 10);
    expect(text).toContain('"name":"attenuationDb","found":0,"to":20');
  });

  it("puts back what a killed run has left, and once", async () => {
    await new SettingsJournal(folder).set(asUnit(), "attenuationDb", 20, 10);
    await new SettingsJournal(folder).set(asUnit(), "laserEnabled", 0, 6);
    const next = new SettingsJournal(folder);
    expect(next.pending).toHaveLength(2);
    expect(await next.restore([asUnit()])).toEqual([]);
    expect(Object.fromEntries(unit.values)).toEqual({ attenuationDb: 0, laserEnabled: 1 });
    expect(new SettingsJournal(folder).pending).toEqual([]);
  });

  it("keeps what could not be put back, and puts back the rest", async () => {
    const journal = new SettingsJournal(folder);
    await journal.set(asUnit(), "attenuationDb", 20, 10);
    await journal.set(asUnit(), "laserEnabled", 0, 6);
    unit.before = (name) => {
      if (name === "laserEnabled") throw new TransportError("QKD_TRANSPORT_CLOSED", "the cable is pulled");
    };
    expect(await journal.restore([asUnit()])).toMatchObject([{ name: "laserEnabled" }]);
    expect(unit.values.get("attenuationDb")).toBe(0);
    expect(new SettingsJournal(folder).pending).toMatchObject([{ name: "laserEnabled", found: 1 }]);
  });

  it("leaves alone what belongs to another unit", async () => {
    writeFileSync(join(folder, "journal.jsonl"), `${JSON.stringify(set("attenuationDb", 7, 8, "Z9"))}\n`);
    expect(await new SettingsJournal(folder).restore([asUnit()])).toMatchObject([{ serial: "Z9" }]);
    expect(unit.values.get("attenuationDb")).toBe(0);
  });

  it("passes over a line that a crash cut short, whose setting was never sent, and goes on behind it", async () => {
    await new SettingsJournal(folder).set(asUnit(), "attenuationDb", 20, 10);
    appendFileSync(join(folder, "journal.jsonl"), '{"type":"set","step":6,"unit":"al');
    const journal = new SettingsJournal(folder);
    await journal.set(asUnit(), "laserEnabled", 0, 6);
    expect(new SettingsJournal(folder).pending.map(({ name }) => name)).toEqual([
      "laserEnabled",
      "attenuationDb",
    ]);
  });

  it.each([
    "{}",
    "[]",
    "null",
    "not json",
    '{"type":"set","serial":"A1","name":"x","found":{},"unit":"alice"}',
  ])("with the line %s is refused in one sentence that says what to do", (line) => {
    writeFileSync(join(folder, "journal.jsonl"), `${line}\n`);
    expect(() => new SettingsJournal(folder)).toThrow(
      expect.objectContaining({
        code: "QKD_COMMISSION_PENDING",
        remedy: expect.stringContaining("put back"),
      }),
    );
  });

  it("sets nothing where it cannot be written", async () => {
    const journal = new SettingsJournal(join(folder, "gone"));
    await expect(journal.set(asUnit(), "attenuationDb", 20, 10)).rejects.toMatchObject({
      code: "QKD_OUTPUT_WRITE",
    });
    expect(unit.values.get("attenuationDb")).toBe(0);
  });

  it("tells for the report what was found, set and left", async () => {
    const journal = new SettingsJournal(folder);
    await journal.set(asUnit(), "attenuationDb", 10, 10);
    await journal.set(asUnit(), "attenuationDb", 20, 10);
    await journal.restore([asUnit()]);
    expect(journal.takeChanges()).toEqual([
      {
        unit: "alice",
        name: "attenuationDb",
        unitOfValue: "dB",
        found: "0",
        during: ["10", "20"],
        left: "0",
        restored: true,
      },
    ]);
    expect(journal.takeChanges()).toEqual([]);
  });
});
