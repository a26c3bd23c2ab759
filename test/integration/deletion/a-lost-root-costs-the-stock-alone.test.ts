import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QkdError } from "../../../errors/index.ts";
import { alone } from "../../models/alone.ts";
import { DeletionBench, testBlock } from "./deletion-bench.ts";

const first = testBlock(1, 24_000);
const second = testBlock(2, 8_992);
const third = testBlock(3, 8_992);

/** What makes the root of the store unusable for ever, while the store is closed. */
const LOSSES: Readonly<
  Record<string, { readonly reason: string; readonly lose: (path: string, older: string) => void }>
> = {
  "is gone": { reason: "rootFile", lose: (path) => rmSync(path) },
  "was erased": { reason: "unreadable", lose: (path) => writeFileSync(path, Buffer.alloc(8192)) },
  "is damaged in both slots": {
    reason: "unreadable",
    lose: (path) => {
      const content = readFileSync(path);
      for (const at of [60, 4156]) content[at] = (content[at] ?? 0) ^ 1;
      writeFileSync(path, content);
    },
  },
  "is an older one": { reason: "generation", lose: (path, older) => copyFileSync(older, path) },
};

describe.each(["alice", "bob"] as const)("at %s, a root that", (site) => {
  let bench: DeletionBench;
  let root: string;
  beforeEach(() => {
    bench = new DeletionBench(site, { redeliveryMs: 0 });
    root = join(bench.folder, "keys.root");
  });
  afterEach(() => bench.dispose());

  const entries = () => bench.store.audit.tail(99);
  const sweepAll = () => {
    while (bench.store.sweep());
  };
  const codeOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof QkdError) return error.code;
      throw error;
    }
    return "done";
  };
  const closed = (work: () => void): void => {
    bench.store.close();
    work();
    bench.store = bench.openIn(bench.folder, { redeliveryMs: 0 });
  };

  it.each(Object.entries(LOSSES))(
    "%s costs the stock, which is told, and nothing else",
    (_name, { reason, lose }) => {
      const older = join(bench.folder, "older");
      copyFileSync(root, older);
      bench.add(first);
      bench.add(second);
      bench.take(10);
      const pad = alone(bench.store, () => bench.store.auth.reserve(16));
      sweepAll();
      const remaining = bench.store.auth.remaining();
      closed(() => lose(root, older));
      for (const { blockId } of [first, second]) expect(bench.store.pool.blockState(blockId)).toBe("spent");
      expect(entries().find(({ event }) => event === "stockLost")?.detail).toEqual({
        reason,
        blocks: 2,
        bits: 8 * (24_000 + 8_992 - 320),
      });
      expect(entries().filter(({ event }) => event === "blockLost")).toHaveLength(2);
      expect(codeOf(() => bench.take(1))).toBe("QKD_KEYSTORE_EXHAUSTED");
      // The reserve is as it was, and refill goes on.
      expect(bench.store.auth.remaining()).toEqual(remaining);
      expect(alone(bench.store, () => bench.store.auth.reserve(1)).offset).toBe(pad.offset + 16);
      bench.add(third);
      const [key] = bench.take(1);
      expect(Buffer.from(third.key).includes(Buffer.from(key?.key ?? []))).toBe(true);
      expect(bench.store.audit.verify().brokenAt).toBeNull();
      sweepAll();
      closed(() => undefined);
      expect(entries().filter(({ event }) => event === "stockLost")).toHaveLength(1);
      expect(bench.store.pool.blockState(third.blockId)).toBe("available");
    },
  );

  it("does not open the list of block keys costs the stock", () => {
    bench.add(first);
    bench.take(1);
    sweepAll();
    closed(() => {
      const path = join(bench.folder, "keys.db");
      const content = readFileSync(path);
      const name = readFileSync(root).subarray(8, 24);
      const at = content.indexOf(name) + 16 + 20;
      content[at] = (content[at] ?? 0) ^ 1;
      writeFileSync(path, content);
    });
    expect(entries().find(({ event }) => event === "stockLost")?.detail).toMatchObject({
      reason: "rootVector",
    });
    bench.add(third);
    expect(bench.take(1)).toHaveLength(1);
  });

  it("is newer than a database restored alone costs the stock", () => {
    bench.add(first);
    const copy = bench.copy();
    bench.take(1);
    sweepAll();
    closed(() => {
      for (const name of ["keys.db", "keys.db-wal"]) {
        rmSync(join(bench.folder, name), { force: true });
        if (existsSync(join(copy, name))) copyFileSync(join(copy, name), join(bench.folder, name));
      }
      rmSync(copy, { recursive: true });
    });
    expect(entries().find(({ event }) => event === "stockLost")?.detail).toMatchObject({
      reason: "generation",
    });
    expect(codeOf(() => bench.take(1))).toBe("QKD_KEYSTORE_EXHAUSTED");
  });

  it("is made after the database has its name, so that a power cut then leaves a pair", () => {
    const [place, cut] = ["place-", "cut-"].map((name) => mkdtempSync(join(bench.folder, name))) as [
      string,
      string,
    ];
    const store = bench.openIn(place, {
      writeRoot: (...write) => {
        // Without the log, which the cut takes.
        if (!existsSync(join(cut, "keys.db"))) copyFileSync(join(place, "keys.db"), join(cut, "keys.db"));
        return writeSync(...write);
      },
    });
    copyFileSync(join(place, "keys.root"), join(cut, "keys.root"));
    store.close();
    const after = bench.openIn(cut);
    expect(after.audit.tail(9).map(({ event }) => event)).not.toContain("stockLost");
    after.close();
  });

  it("was never there is made, for its owner alone, without a loss being told", () => {
    expect(statSync(root).mode & 0o777).toBe(0o600);
    expect(statSync(root).size).toBe(8192);
    expect(existsSync(`${root}.new`)).toBe(false);
    expect(entries().map(({ event }) => event)).not.toContain("stockLost");
  });

  it.each([
    ["that others may read", "QKD_KEYSTORE_UNREADABLE", (path: string) => chmodSync(path, 0o640)],
    ["that is none", "QKD_KEYSTORE_CONFLICT", (path: string) => writeFileSync(path, Buffer.alloc(8192, 1))],
    ["of another length", "QKD_KEYSTORE_CONFLICT", (path: string) => writeFileSync(path, Buffer.alloc(8191))],
    [
      "of another store",
      "QKD_KEYSTORE_CONFLICT",
      (path: string) => {
        const other = new DeletionBench(site);
        copyFileSync(join(other.folder, "keys.root"), path);
        other.dispose();
      },
    ],
    [
      "that is a folder",
      "QKD_KEYSTORE_UNREADABLE",
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])(
    "is a file %s is refused as %s, left as it is, and nothing is lost once it is mended",
    (_name, code, spoil) => {
      bench.add(first);
      bench.take(1);
      sweepAll();
      bench.store.close();
      const spoilt = join(bench.folder, "spoilt");
      copyFileSync(root, join(bench.folder, "right"));
      spoil(root);
      cpSync(root, spoilt, { recursive: true });
      expect(codeOf(() => bench.openIn(bench.folder))).toBe(code);
      if (statSync(root).isFile()) expect(readFileSync(root).equals(readFileSync(spoilt))).toBe(true);
      rmSync(root, { recursive: true });
      copyFileSync(join(bench.folder, "right"), root);
      chmodSync(root, 0o600);
      bench.store = bench.openIn(bench.folder, { redeliveryMs: 0 });
      expect(bench.store.pool.blockState(first.blockId)).toBe("available");
      expect(bench.take(1)).toHaveLength(1);
    },
  );

  it("is removed while the store is open stops erasing, which is told", () => {
    bench.add(first);
    bench.take(1);
    const content = readFileSync(root);
    rmSync(root);
    expect(bench.store.sweep()).toBe(false);
    expect(entries()[0]).toMatchObject({
      event: "erasureFailed",
      detail: { code: "QKD_KEYSTORE_UNREADABLE" },
    });
    expect(bench.take(1)).toHaveLength(1);
    closed(() => writeFileSync(root, content, { mode: 0o600 }));
    expect(bench.take(1)).toHaveLength(1);
    bench.store.sweep();
    expect(entries()[0]?.event).not.toBe("erasureFailed");
  });
});
