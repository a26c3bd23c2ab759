import { readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CUT_OFFS, cutOffSweeps, first, generations, isShort, STEPS } from "./cut-off-sweep.ts";
import { DeletionBench, takeFrom } from "./deletion-bench.ts";
import { steal } from "./key-thief.ts";

// The others are in the slow tests.
cutOffSweeps(CUT_OFFS.filter(isShort));

describe.each(["alice", "bob"] as const)("a sweep at %s that is cut off", (site) => {
  let bench: DeletionBench;
  beforeEach(() => {
    bench = new DeletionBench(site, { redeliveryMs: 0 });
  });
  afterEach(() => bench.dispose());

  it("and cut off again as it is opened, with its log gone then, still opens", () => {
    bench.add(first);
    bench.take(3);
    const sweep = bench.store.erasing();
    for (const wanted of STEPS.slice(1, 3)) expect(sweep.next().value).toBe(wanted);
    const folder = bench.copy();
    const once = bench.openIn(folder);
    const copied = new Map(
      ["keys.db", "keys.root", "keys.db.anchor"].map((name) => [name, readFileSync(join(folder, name))]),
    );
    once.close();
    rmSync(join(folder, "keys.db-wal"), { force: true });
    for (const [name, content] of copied) writeFileSync(join(folder, name), content, { mode: 0o600 });
    const twice = bench.openIn(folder);
    expect(twice.audit.tail(9).map(({ event }) => event)).not.toContain("stockLost");
    expect(takeFrom(twice, 50)).toHaveLength(50);
    twice.close();
    rmSync(folder, { recursive: true });
  });

  it("in its last step is ended by the next sweep, also when nothing else is due", () => {
    bench.add(first);
    let writes = 0;
    bench.reopen({
      redeliveryMs: 0,
      writeRoot: (...write) => {
        writes += 1;
        if (writes === 2) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        return writeSync(...write);
      },
    });
    bench.take(1);
    bench.store.sweep();
    expect(new Set(generations(bench.folder)).size).toBe(2);
    bench.store.sweep();
    expect(new Set(generations(bench.folder)).size).toBe(1);
  });

  it("in a step that fails is done again from the start, and tells so once", () => {
    bench.add(first);
    let failing = 0;
    bench.reopen({
      redeliveryMs: 0,
      writeRoot: (file, bytes, from, length, at) => {
        if (failing > 0) {
          failing -= 1;
          throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        }
        // Short writes are no end.
        return writeSync(file, bytes, from, Math.min(length, 1000), at);
      },
    });
    const events = () => bench.store.audit.tail(20).map(({ event }) => event);
    const count = (event: string) => events().filter((each) => each === event).length;
    const [taken] = bench.take(1);
    failing = 3;
    for (let attempt = 0; attempt < 3; attempt += 1) expect(bench.store.sweep()).toBe(false);
    expect([count("erasureFailed"), count("erasureResumed")]).toEqual([1, 0]);
    expect(bench.store.audit.tail(1)[0]?.detail).toEqual({ code: "QKD_KEYSTORE_FULL" });
    const held = () =>
      steal(bench.loot(), [first]).some((text) => text.includes(Buffer.from(taken?.key ?? [])));
    expect(held()).toBe(true);
    bench.store.sweep();
    expect(held()).toBe(false);
    expect([count("erasureFailed"), count("erasureResumed")]).toEqual([1, 1]);
    expect(bench.take(1)).toHaveLength(1);
  });
});
