import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { alarmStep, emptyMemory } from "../alarms/alarm-memory.ts";
import { emptyCount } from "../kpi/kpi-count.ts";
import { EMPTY_LEDGER } from "../kpi/kpi-ledger.ts";
import { AlarmFile, memoryOf } from "./alarm-file.ts";
import { KpiFile } from "./kpi-file.ts";

const root = mkdtempSync(join(tmpdir(), "qkdlink-kept-"));
afterAll(() => rmSync(root, { recursive: true }));
let path: string;
let number = 0;
beforeEach(() => {
  number += 1;
  path = join(root, `kept-${number}`);
});

const bin = (startMs: number, watchedS: number) => ({ ...emptyCount(startMs), watchedS });
const ledger = (...bins: ReturnType<typeof bin>[]) => ({ ...EMPTY_LEDGER, quarter: bins });

describe("key figures on disk", () => {
  it("are there again, for their owner alone", async () => {
    const file = new KpiFile(path);
    expect(await file.read()).toEqual(EMPTY_LEDGER);
    await file.keep(ledger(bin(0, 1)), [["quarter", bin(0, 1)]]);
    await file.keep(ledger(bin(0, 2)), [["quarter", bin(0, 2)]]);
    expect((await new KpiFile(path).read()).quarter).toEqual([bin(0, 2)]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("lose no more than the line that a killed process was writing", async () => {
    const file = new KpiFile(path);
    await file.read();
    await file.keep(ledger(bin(0, 1)), [["quarter", bin(0, 1)]]);
    writeFileSync(path, `${readFileSync(path, "utf8")}{"v":1,"length":"quar`);
    const again = new KpiFile(path);
    expect((await again.read()).quarter).toEqual([bin(0, 1)]);
    await again.keep(ledger(bin(0, 9)), [["quarter", bin(0, 9)]]);
    expect((await new KpiFile(path).read()).quarter).toEqual([bin(0, 9)]);
  });

  it("stay small however often they are written", async () => {
    const file = new KpiFile(path);
    await file.read();
    const many = Array.from({ length: 400 }, (): ["quarter", ReturnType<typeof bin>] => [
      "quarter",
      bin(0, 1),
    ]);
    let largest = 0;
    for (let round = 0; round < 60; round += 1) {
      await file.keep(ledger(bin(0, round)), many);
      largest = Math.max(largest, readFileSync(path, "utf8").split("\n").length);
    }
    expect(largest).toBeLessThan(8192 + 500);
    expect((await new KpiFile(path).read()).quarter).toHaveLength(1);
  });

  it("are written whole once a disk that refused takes them again, and every call resolves", async () => {
    mkdirSync(path);
    const file = new KpiFile(join(path, "gone", "kpi"));
    await file.read();
    await file.keep(ledger(bin(0, 1)), [["quarter", bin(0, 1)]]);
    expect(file.fault).toBe("ENOENT");
    mkdirSync(join(path, "gone"));
    await file.keep(ledger(bin(0, 1), bin(900_000, 2)), [["quarter", bin(900_000, 2)]]);
    expect(file.fault).toBeNull();
    expect((await new KpiFile(join(path, "gone", "kpi")).read()).quarter).toEqual([
      bin(0, 1),
      bin(900_000, 2),
    ]);
  });

  it("leave what cannot be read aside", async () => {
    mkdirSync(path);
    const file = new KpiFile(path);
    expect(await file.read()).toEqual(EMPTY_LEDGER);
    expect(statSync(`${path}.unread`).isDirectory()).toBe(true);
    await file.keep(ledger(bin(0, 1)), [["quarter", bin(0, 1)]]);
    expect(file.fault).toBeNull();
  });
});

describe("the memory of alarms on disk", () => {
  const memory = alarmStep(emptyMemory(5), {
    type: "raise",
    id: "site.linkDown",
    level: "bad",
    atMs: 10,
    text: "dark",
  });

  it("is there again; what was present then is over until it is seen anew", async () => {
    await new AlarmFile(path).keep(memory);
    const read = await new AlarmFile(path).read(99);
    expect(read.resetAtMs).toBe(5);
    expect(read.alarms["site.linkDown"]).toMatchObject({ raisedAtMs: 10, clearedAtMs: 10, text: "dark" });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("begins anew beside a file that says something else", async () => {
    writeFileSync(path, '{"v":1,"memory":{"resetAtMs":5,"resetBy":null,"alarms":{"a":{"level":"green"}}}}');
    expect(await new AlarmFile(path).read(77)).toEqual(emptyMemory(77));
    expect(readFileSync(`${path}.unread`, "utf8")).toContain("green");
    for (const text of ["", "[]", "null", '{"v":2}', '{"v":1,"memory":{"alarms":{}}}'])
      expect(memoryOf(text)).toBeNull();
  });

  it("writes the last of several that come at once, and survives a folder that is gone", async () => {
    const file = new AlarmFile(path);
    const later = alarmStep(memory, { type: "clear", id: "site.linkDown", atMs: 20 });
    await Promise.all([file.keep(emptyMemory(1)), file.keep(memory), file.keep(later)]);
    expect((await new AlarmFile(path).read(0)).alarms["site.linkDown"]?.clearedAtMs).toBe(20);
    const lost = new AlarmFile(join(path, "no", "folder"));
    await lost.keep(memory);
    expect(lost.fault).toMatch(/^ENO/);
  });
});
