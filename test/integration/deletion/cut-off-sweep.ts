import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SweepStep } from "../../../controller/pool/sqlite/erasure.ts";
import type { SqliteStore } from "../../../controller/pool/sqlite/sqlite-store.ts";
import { DeletionBench, takeFrom, testBlock } from "./deletion-bench.ts";
import { steal } from "./key-thief.ts";

const SLOT_BYTES = 4096;
const PAGE_BYTES = 8192;
const FRAME_BYTES = 24 + PAGE_BYTES;
export const first = testBlock(1, 24_000);
const second = testBlock(2, 8_992);
const third = testBlock(3, 8_992);
export const STEPS: readonly (SweepStep | "begun")[] = [
  "begun",
  "placed",
  "committed",
  "emptied",
  "overwritten",
];

/** What happens to the files while there is no power. */
const HARMS: Readonly<Record<string, (folder: string, step: string) => void>> = {
  "nothing else": () => undefined,
  "the log's first frame damaged": (folder) => damageFrame(folder, 0),
  "the log's last frame damaged": (folder) => damageFrame(folder, -1),
  "the log gone": (folder) => rmSync(join(folder, "keys.db-wal"), { force: true }),
  "a slot torn in being written": tearSlot,
};

function damageFrame(folder: string, which: number): void {
  const path = join(folder, "keys.db-wal");
  const bytes = existsSync(path) ? statSync(path).size : 0;
  const frames = Math.floor((bytes - 32) / FRAME_BYTES);
  if (frames < 1) return;
  const frame = which < 0 ? frames - 1 : which;
  const file = openSync(path, "r+");
  writeSync(file, Buffer.from([0xff]), 0, 1, 32 + frame * FRAME_BYTES + 100);
  closeSync(file);
}

/** The slot that is written until this step, or after it, is half the one and half the other. */
function tearSlot(folder: string, step: string): void {
  const path = join(folder, "keys.root");
  const content = readFileSync(path);
  const [a = 0n, b = 0n] = generations(folder);
  const [newer, older] = a > b ? [0, SLOT_BYTES] : [SLOT_BYTES, 0];
  const torn = step === "placed" ? newer : older;
  content.fill(0, torn + 50, torn + 512);
  writeFileSync(path, content, { mode: 0o600 });
}

/** The generations that the two slots name. */
export function generations(folder: string): bigint[] {
  const content = readFileSync(join(folder, "keys.root"));
  return [0, SLOT_BYTES].map((slot) => content.readBigUInt64BE(slot + 24));
}

/** A step after which a sweep is cut off, and what happens to the files then. */
export type CutOff = readonly [step: (typeof STEPS)[number], harm: string];
export const CUT_OFFS: readonly CutOff[] = STEPS.flatMap((step) =>
  Object.keys(HARMS).map((harm) => [step, harm] as const),
);
/** Every step without harm, and every harm at one step. */
export const isShort = ([step, harm]: CutOff): boolean => harm === "nothing else" || step === "committed";

/** Sweeps that are cut off in these ways lose nothing that lives, and what was destroyed ends, at both sites. */
export function cutOffSweeps(cutOffs: readonly CutOff[]): void {
  describe.each(["alice", "bob"] as const)("a sweep at %s that is cut off", (site) => {
    let bench: DeletionBench;
    beforeEach(() => {
      bench = new DeletionBench(site, { redeliveryMs: 0 });
    });
    afterEach(() => bench.dispose());

    it.each(cutOffs)("after '%s', %s, loses nothing that lives and ends what was destroyed", (step, harm) => {
      for (const block of [first, second]) bench.add(block);
      const delivered = [
        ...bench.take(150),
        ...bench.fetch(first, site === "alice" ? [12_000, 16_000] : [0, 4000]),
      ];
      bench.store.transact([() => bench.store.pool.discard(second.blockId)]);
      // The deliveries are in the file, so that no harm to the log takes back that they happened.
      bench.store.relieve();
      bench.add(third);
      bench.store.relieve();
      const sweep = bench.store.erasing();
      for (const wanted of STEPS.slice(1, STEPS.indexOf(step) + 1)) expect(sweep.next().value).toBe(wanted);
      const folder = bench.copy();
      HARMS[harm]?.(folder, step);

      let store: SqliteStore = bench.openIn(folder, { redeliveryMs: 0 });
      try {
        expect(store.audit.tail(9).map(({ event }) => event)).not.toContain("stockLost");
        const [a, b] = generations(folder);
        expect(a).toBe(b);
        while (store.sweep());
        const gone = [
          ...delivered.map(({ key }) => key),
          second.key.subarray(0, 32),
          second.key.subarray(8928, 8960),
        ];
        const plain = steal(bench.loot(folder), [first, second, third]);
        for (const key of gone) expect(plain.some((text) => text.includes(Buffer.from(key)))).toBe(false);
        store.close();
        store = bench.openIn(folder, { redeliveryMs: 0 });
        expect(store.audit.tail(99).map(({ event }) => event)).not.toContain("blockQuarantined");
        expectAllThatLives(store);
      } finally {
        store.close();
        rmSync(folder, { recursive: true });
      }
    });

    /** Takes every key of the own half that was not delivered, and fetches one of the other half. */
    function expectAllThatLives(store: SqliteStore): void {
      const own = site === "alice" ? [0, 12_000] : [12_000, 24_000];
      const ownThird = site === "alice" ? [0, 4480] : [4480, 8992];
      const rest = (site === "alice" ? 4480 : 4512) / 32;
      const expected = Buffer.concat([
        first.key.subarray((own[0] ?? 0) + 150 * 32, own[1]),
        third.key.subarray(ownThird[0], ownThird[1]),
      ]);
      // An opening after a crash gives up what may have left without being recorded: the beginning of what is left.
      const { availableBits } = store.pool.status("qkd");
      expect(availableBits / 256).toBeGreaterThan(rest + 50);
      const taken = Buffer.concat(takeFrom(store, availableBits / 256).map(({ key }) => key));
      expect(taken.equals(expected.subarray(expected.length - taken.length))).toBe(true);
      expect(() => takeFrom(store, 1)).toThrow(expect.objectContaining({ code: "QKD_KEYSTORE_EXHAUSTED" }));
      const offset = site === "alice" ? 12_032 : 32;
      expect(bench.fetchFrom(store, first, [offset])[0]?.key).toEqual(first.key.slice(offset, offset + 32));
    }
  });
}
