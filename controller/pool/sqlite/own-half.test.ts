import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeyIds } from "../key-id.ts";
import type { SiteRole } from "../key-pool.ts";
import { LINK_KEY_BYTES } from "../link-secret.ts";
import type { SqliteStore } from "./sqlite-store.ts";
import { audience, begin, block, end, fetch, fill, linkSecret, openStore, take } from "./two-stores-bench.ts";

const BLOCK_BYTES = 1024;
let stores: Record<SiteRole, SqliteStore>;

beforeEach(begin);
afterEach(end);
beforeEach(() => {
  stores = { alice: openStore("alice", { redeliveryMs: 0 }), bob: openStore("bob", { redeliveryMs: 0 }) };
  fill(Object.values(stores), block(1, BLOCK_BYTES));
});

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
