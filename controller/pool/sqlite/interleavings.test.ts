import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { KeyStoreError } from "../../../errors/index.ts";
import type { SiteRole } from "../key-pool.ts";
import { SqliteStore } from "./sqlite-store.ts";

const audience = { master: "m", slave: "s" };
const SITES: readonly SiteRole[] = ["alice", "bob"];

const step = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("add" as const), bytes: fc.integer({ min: 64, max: 700 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("take" as const),
      site: fc.nat({ max: 1 }),
      bytes: fc.constantFrom(8, 16, 32, 33, 100),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("fetch" as const),
      pick: fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const), site: fc.nat({ max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const), site: fc.nat({ max: 1 }) }) },
);

function openStore(folder: string, site: SiteRole): SqliteStore {
  return new SqliteStore({
    path: join(folder, `${site}.db`),
    site,
    linkId: "link",
    redeliveryMs: 0,
    capacityBits: 2 ** 24,
    auditRows: 100_000,
    kek: new Uint8Array(32).fill(1),
    linkSecret: new Uint8Array(2080).fill(5),
  });
}

/** The value, or null for a refusal by the store. */
function attempt<T>(store: SqliteStore, work: () => T): T | null {
  const [outcome] = store.transact([work]);
  if (outcome !== undefined && "value" in outcome) return outcome.value;
  if (outcome?.error instanceof KeyStoreError) return null;
  throw outcome?.error;
}

/** A release that splits evenly a block whose keys have so many bytes. */
const evenly = (keyBytes: number) => ({
  boundaryBytes: Math.floor(keyBytes / 64) * 32,
  tag: "ab".repeat(16),
});

it("delivers every key once at each site, in any order of calls, restarts and clearing up", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      const folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
      const stores = SITES.map((site) => openStore(folder, site)) as [SqliteStore, SqliteStore];
      const taken: {
        readonly site: number;
        readonly keyId: string;
        readonly hex: string;
        fetched: boolean;
      }[] = [];
      let sequence = 0;
      try {
        for (const action of steps) {
          if (action.do === "add") {
            const key = new Uint8Array(randomBytes(action.bytes));
            const blockId = randomBytes(16).toString("hex");
            const facts = { blockId, sequence: sequence++, origin: "qkd" as const, createdAtMs: 1 };
            const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
            for (const store of stores) {
              store.transact([
                ...store.adding({ ...facts, key, tail: new Uint8Array(64), epsilon }),
                () => store.pool.makeAvailable(blockId, evenly(action.bytes)),
              ]);
            }
          } else if (action.do === "take") {
            const store = stores[action.site] as SqliteStore;
            const request = { bits: action.bytes * 8, count: action.count, audience, origin: "qkd" as const };
            const keys = attempt(store, () => store.pool.takeMany(request)) ?? [];
            for (const { keyId, key } of keys) {
              taken.push({
                site: action.site,
                keyId,
                hex: Buffer.from(key).toString("hex"),
                fetched: false,
              });
            }
          } else if (action.do === "fetch") {
            const keys = [...new Set(action.pick)]
              .map((index) => taken[index])
              .filter((key) => key !== undefined);
            const there = keys[0] === undefined ? 0 : 1 - keys[0].site;
            const store = stores[there] as SqliteStore;
            const fetched = attempt(store, () =>
              store.pool.takeByIds(
                keys.map(({ keyId }) => keyId),
                audience,
              ),
            );
            const allowed =
              keys.length > 0 && keys.every(({ site, fetched }) => site === 1 - there && !fetched);
            expect(fetched !== null).toBe(allowed);
            for (const [index, key] of keys.entries()) {
              if (fetched === null) break;
              expect(Buffer.from(fetched[index]?.key ?? []).toString("hex")).toBe(key.hex);
              key.fetched = true;
            }
          } else if (action.do === "restart") {
            stores[action.site]?.close();
            stores[action.site] = openStore(folder, SITES[action.site] ?? "alice");
          } else {
            stores[action.site]?.sweep();
          }
        }
        expect(new Set(taken.map(({ hex }) => hex)).size).toBe(taken.length);
        expect(new Set(taken.map(({ keyId }) => keyId)).size).toBe(taken.length);
        // Whatever was handed out and not yet fetched can still be fetched.
        for (const { site, keyId, fetched } of taken) {
          const store = stores[1 - site] as SqliteStore;
          if (!fetched) expect(attempt(store, () => store.pool.takeByIds([keyId], audience))).toHaveLength(1);
        }
        for (const store of stores) expect(store.audit.verify().brokenAt).toBeNull();
      } finally {
        for (const store of stores) store.close();
        rmSync(folder, { recursive: true });
      }
    }),
    { seed: 20, numRuns: 8 },
  );
});
