import fc from "fast-check";
import { expect, it } from "vitest";
import { QkdError } from "../../../errors/index.ts";
import { alone } from "../../models/alone.ts";
import { audience, DeletionBench, type TestBlock, testBlock } from "./deletion-bench.ts";
import { steal } from "./key-thief.ts";

const MOST = { blocks: 4, openings: 4 };
const REDELIVERY_MS = 10_000;

const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("add" as const), grains: fc.integer({ min: 2, max: 400 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      bytes: fc.constantFrom(16, 32, 33, 100, 1000),
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("fetch" as const),
      block: fc.nat({ max: MOST.blocks - 1 }),
      grains: fc.uniqueArray(fc.nat({ max: 399 }), { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 4000, 10_000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("discard" as const), block: fc.nat({ max: MOST.blocks - 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
);

/** What a block's bytes are: there, gone, or there until a time. */
interface Modelled {
  readonly block: TestBlock;
  /** Of each byte: the time from which it is gone; Infinity while nobody got it. */
  readonly goneAtMs: number[];
}

it.each(["alice", "bob"] as const)(
  "what %s delivered is gone in due time and all else is there, in any order",
  (site) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 15, maxLength: 40 }), (steps) => {
        const bench = new DeletionBench(site, { redeliveryMs: REDELIVERY_MS });
        const model: Modelled[] = [];
        let openings = 1;
        const mark = (modelled: Modelled | undefined, key: Uint8Array, from: number) => {
          const at = Buffer.from(modelled?.block.key ?? []).indexOf(key);
          expect(at).toBeGreaterThanOrEqual(0);
          modelled?.goneAtMs.fill(from, at, at + key.length);
        };
        /** A rest of the own half smaller than a grain is given up. */
        const giveUpRests = () => {
          for (const { block, goneAtMs } of model) {
            const middle = Math.floor(block.bytes / 64) * 32;
            const [first, past] = site === "alice" ? [0, middle] : [middle, block.bytes];
            const used = goneAtMs.slice(first, past).filter((time) => time < Number.POSITIVE_INFINITY).length;
            if (used > 0 && past - first - used < 32) goneAtMs.fill(bench.clockMs, first + used, past);
          }
        };
        try {
          for (const action of steps) {
            if (action.do === "add" && model.length < MOST.blocks) {
              const block = testBlock(model.length + 1, action.grains * 32);
              bench.add(block);
              model.push({ block, goneAtMs: new Array(block.bytes).fill(Number.POSITIVE_INFINITY) });
            } else if (action.do === "take") {
              const request = {
                bits: action.bytes * 8,
                count: action.count,
                audience,
                origin: "qkd" as const,
              };
              const taken = refusable(() => alone(bench.store, () => bench.store.pool.takeMany(request)));
              for (const { key, blockId } of taken)
                mark(
                  model.find(({ block }) => block.blockId === blockId),
                  key,
                  bench.clockMs,
                );
              giveUpRests();
            } else if (action.do === "fetch") {
              const modelled = model[action.block];
              if (modelled === undefined) continue;
              const { block, goneAtMs } = modelled;
              const offsets = action.grains.map((grain) => 32 * grain).filter((at) => at < block.bytes);
              if (offsets.length === 0) continue;
              const fetched = refusable(() => bench.fetch(block, offsets));
              for (const [index, { key }] of fetched.entries()) {
                const at = offsets[index] ?? 0;
                expect(Buffer.from(key).equals(block.key.subarray(at, at + 32))).toBe(true);
                if (goneAtMs[at] === Number.POSITIVE_INFINITY)
                  mark(modelled, key, bench.clockMs + REDELIVERY_MS);
              }
            } else if (action.do === "wait") {
              bench.clockMs += action.ms;
            } else if (action.do === "sweep") {
              bench.store.sweep();
            } else if (action.do === "discard") {
              const modelled = model[action.block];
              if (modelled === undefined) continue;
              alone(bench.store, () => bench.store.pool.discard(modelled.block.blockId));
              modelled.goneAtMs.fill(bench.clockMs);
            } else if (action.do === "reopen" && openings < MOST.openings) {
              openings += 1;
              bench.reopen({ redeliveryMs: REDELIVERY_MS });
            }
          }
          while (bench.store.sweep());
          const plain = steal(
            bench.loot(),
            model.map(({ block }) => block),
          );
          const eights = new Set(plain.flatMap(eightsOf));
          const known = (bytes: Uint8Array) => eights.has(Buffer.from(bytes).toString("hex"));
          for (const { block, goneAtMs } of model) {
            const spent = bench.store.pool.blockState(block.blockId) === "spent";
            expect(spent).toBe(goneAtMs.every((time) => time <= bench.clockMs));
            // Each run of eight bytes that share their fate.
            for (let at = 0; at + 8 <= block.bytes; at += 8) {
              const fates = goneAtMs.slice(at, at + 8).map((time) => time <= bench.clockMs);
              if (new Set(fates).size > 1) continue;
              expect([at, known(block.key.subarray(at, at + 8))]).toEqual([at, fates[0] === false]);
            }
          }
          expect(bench.store.audit.tail(99).map(({ event }) => event)).not.toContain("blockQuarantined");
        } finally {
          bench.dispose();
        }
      }),
      { seed: 8, numRuns: 8 },
    );
  },
  60_000,
);

/** What the store gives, or nothing when it refuses. */
function refusable<T>(work: () => T[]): T[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof QkdError) return [];
    throw error;
  }
}

/** A segment's bytes, eight at a time: segments begin at multiples of eight. */
function eightsOf(segment: Buffer): string[] {
  return Array.from({ length: Math.floor(segment.length / 8) }, (_, at) =>
    segment.toString("hex", 8 * at, 8 * at + 8),
  );
}
