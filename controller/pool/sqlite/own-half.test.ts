import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyIds } from "../key-id.ts";
import type { SiteRole } from "../key-pool.ts";
import { LINK_KEY_BYTES } from "../link-secret.ts";
import { SqliteStore } from "./sqlite-store.ts";

const audience = { master: "sae-a", slave: "sae-b" };
const linkSecret = Uint8Array.from({ length: 32 + 2048 }, (_, index) => (index * 31 + 7) & 255);
const BLOCK_BYTES = 1024;

let folder: string;
let stores: Record<SiteRole, SqliteStore>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
  const open = (site: SiteRole) =>
    new SqliteStore({
      path: join(folder, `${site}.db`),
      kek: new Uint8Array(32).fill(1),
      linkSecret,
      linkId: "link",
      site,
      capacityBits: 2 ** 24,
      redeliveryMs: 0,
      auditRows: 100,
      now: () => 1_800_000_000_000,
    });
  stores = { alice: open("alice"), bob: open("bob") };
  const key = new Uint8Array(randomBytes(BLOCK_BYTES));
  const block = { blockId: "ab".repeat(16), sequence: 1, origin: "qkd" as const, createdAtMs: 1 };
  const epsilon = { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 };
  for (const store of Object.values(stores)) {
    for (const step of store.adding({ ...block, key, tail: new Uint8Array(64), epsilon })) act(store, step);
    act(store, ({ pool }) => pool.makeAvailable(block.blockId, { boundaryBytes: 512, tag: "ab".repeat(16) }));
  }
});
afterEach(() => {
  for (const store of Object.values(stores)) store.close();
  rmSync(folder, { recursive: true });
});

function act<T>(store: SqliteStore, work: (store: SqliteStore) => T): T {
  const [outcome] = store.transact([() => work(store)]);
  if (outcome === undefined || "error" in outcome) throw outcome?.error;
  return outcome.value;
}

const take = (store: SqliteStore, count: number) =>
  act(store, ({ pool }) => pool.takeMany({ bits: 256, count, audience, origin: "qkd" }));
const fetch = (store: SqliteStore, keyIds: readonly string[]) =>
  act(store, ({ pool }) => pool.takeByIds(keyIds, audience));

describe("a site's own half", () => {
  it.each([
    ["alice", "bob", 0, 512],
    ["bob", "alice", 512, 0],
  ] as const)(
    "is never fetched at %s, whoever makes up an ID of it with the link's key",
    (own, other, first, peer) => {
      const ids = new KeyIds(linkSecret.subarray(0, LINK_KEY_BYTES));
      const made = (offset: number, length: number) =>
        ids.encode({ origin: "qkd", sequence: 1, offset, length }, audience);
      const refused = [
        made(first, 32),
        made(first + 64, 64),
        made(first + 480, 32),
        // Over the border between the halves, and behind the block.
        made(496, 32),
        made(0, BLOCK_BYTES),
        made(1008, 32),
      ];
      for (const keyId of refused)
        expect(() => fetch(stores[own], [keyId])).toThrow(
          expect.objectContaining({ code: "QKD_KEYSTORE_UNKNOWN_KEY" }),
        );
      // It is whole afterwards, and the IDs of what it issued serve at the other site alone.
      const issued = take(stores[own], 16);
      const issuedIds = issued.map(({ keyId }) => keyId);
      for (const keyId of issuedIds)
        expect(() => fetch(stores[own], [keyId])).toThrow(
          expect.objectContaining({ code: "QKD_KEYSTORE_UNKNOWN_KEY" }),
        );
      expect(fetch(stores[other], issuedIds)).toEqual(issued);
      expect(fetch(stores[own], [made(peer, 32)])).toHaveLength(1);
    },
  );
});
