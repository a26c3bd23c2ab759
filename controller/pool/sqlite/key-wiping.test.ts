import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ReachNotes } from "../anchor/reach-notes.ts";
import { AuditLog } from "./audit-log.ts";
import { Database } from "./database.ts";
import { Erasure } from "./erasure.ts";
import type { KeyTree, TreeStore } from "./key-tree.ts";
import { LinkIds } from "./link-ids.ts";
import { giveUpStock, openKeyTree } from "./open-key-tree.ts";
import { createTables } from "./open-tables.ts";
import { enterPair } from "./pair-table.ts";
import { SealedBlocks } from "./sealed-blocks.ts";
import { SteadyClock } from "./steady-clock.ts";
import type { BlockRow, StoreContext } from "./store-context.ts";

const BYTES = 9_000;

describe("what leaves the keys of a store", () => {
  let folder: string;
  let store: StoreContext & TreeStore;
  let tree: KeyTree;
  let sealed: SealedBlocks;
  let erasure: Erasure;
  let row: BlockRow;
  const key = new Uint8Array(randomBytes(BYTES));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
    const db = new Database(join(folder, "keys.db"));
    const wrappingKey = new Uint8Array(32).fill(1);
    const identity = { linkId: "link", site: "alice" } as const;
    const pair = db.transaction(() => {
      createTables(db, wrappingKey, identity.linkId);
      return enterPair(db, identity, { storeId: "00".repeat(16), generation: 1 });
    });
    store = {
      name: "link",
      linkIds: new LinkIds(db),
      pair,
      db,
      audit: new AuditLog(db, 1000),
      ...identity,
      epoch: 1,
      wrappingKey,
      clock: new SteadyClock(db, () => 1),
      now: () => 1,
      reach: new ReachNotes(),
    };
    open();
    row = addBlock();
  });
  afterEach(() => {
    tree.close();
    store.db.close();
    rmSync(folder, { recursive: true });
  });

  function open(): void {
    const keys = openKeyTree(store, join(folder, "keys.db"));
    ({ tree } = keys);
    sealed = new SealedBlocks(store, tree);
    giveUpStock(store, keys, sealed);
    erasure = new Erasure(store, tree, sealed);
  }

  function addBlock(sequence = 1): BlockRow {
    const { db } = store;
    const { lastId } = db.run(
      `INSERT INTO block (pair, block_id, origin, sequence, state, epoch, created_at_ms, secrecy, correctness,
        authentication, bytes, auth_bytes, block_bytes, proposed, lack_bytes, stored_at_ms, peer_offset_ms, tail,
        computational)
        VALUES (1, ?, 'qkd', ?, 'loading', 1, 1, 0, 0, 0, ?, 0, ?, 1, 0, 1, 0, x'00', 0)`,
      sequence.toString(16).padStart(32, "0"),
      sequence,
      BYTES,
      BYTES,
    );
    const added = db.one<BlockRow>("SELECT * FROM block WHERE id = ?", lastId) as BlockRow;
    const block = sealed.seal(added, key);
    block.enter(lastId);
    for (let number = 0; number < block.segments; number += 1) block.storeSegment(lastId, number);
    db.run("UPDATE block SET state = 'pending' WHERE id = ?", lastId);
    db.run(
      `UPDATE block SET state = 'available', tail = NULL, boundary = 4512, release_tag = '', own_first = 0,
        own_past = 4512, peer_first = 4512, peer_past = bytes WHERE id = ?`,
      lastId,
    );
    block.wipe();
    return added;
  }

  const use = (first: number, past: number) =>
    store.db.run("INSERT INTO used VALUES (?, ?, ?)", row.id, first, past);
  const sweep = () => {
    for (const _ of erasure.sweep());
  };
  const zeros = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

  it("is wiped from memory when it is delivered", () => {
    const [usedUp, partly] = [sealed.segment(row, 0), sealed.segment(row, 1)];
    use(0, 4064);
    sweep();
    expect(zeros(usedUp)).toBe(true);
    expect(zeros(partly.subarray(0, 32))).toBe(true);
    expect(partly.subarray(32)).toEqual(key.subarray(4064, 8064));
    expect(sealed.segment(row, 1)).toEqual(partly);
    // From the database, too, the delivered part comes as nothing.
    sealed.wipeAll();
    expect(zeros(partly)).toBe(true);
    expect(sealed.segment(row, 1).subarray(0, 40)).toEqual(
      new Uint8Array([...new Uint8Array(32), ...key.subarray(4064, 4072)]),
    );
  });

  it("is wiped from memory with the keys before: root, block keys, segment keys", () => {
    const root = tree.root.inForce.root;
    const segmentKeys = tree.segmentKeys(row);
    use(0, 32);
    sweep();
    for (const before of [root, segmentKeys]) expect(zeros(before)).toBe(true);
    expect(zeros(tree.root.inForce.root)).toBe(false);
    expect(tree.root.inForce.generation).toBe(2);
  });

  it("is wiped from memory with each new key of its block, with its block, and with the store", () => {
    const sweepBlock = () => {
      const blockKeys = new Map([[row.id, tree.sealBlock(row, tree.segmentKeys(row))]]);
      const drawn = { root: tree.root.placeFresh(), blockKeys, segmentKeys: new Map() };
      tree.sealRoot(drawn);
      tree.adopt(drawn);
      return blockKeys.get(row.id) ?? new Uint8Array(32);
    };
    const [once, twice] = [sweepBlock(), sweepBlock()];
    expect([once, twice].map(zeros)).toEqual([true, false]);
    store.db.run("UPDATE block SET state = 'spent' WHERE id = ?", row.id);
    sealed.forget(row.id);
    sweep();
    expect(zeros(twice)).toBe(true);
    row = addBlock(2);
    const last = sweepBlock();
    sealed.close();
    expect(zeros(last)).toBe(true);
    open();
  });

  it("is wiped from memory when a block is forgotten, and when the store closes", () => {
    const [segment, segmentKeys] = [sealed.segment(row, 0), tree.segmentKeys(row)];
    sealed.forget(row.id);
    for (const before of [segment, segmentKeys]) expect(zeros(before)).toBe(true);
    expect(tree.holdsDead).toBe(true);
    expect(sealed.segment(row, 0)).toEqual(key.subarray(0, 4032));
    const again = [tree.root.inForce.root, tree.segmentKeys(row), sealed.segment(row, 1)];
    sealed.close();
    for (const before of again) expect(zeros(before)).toBe(true);
    open();
  });

  it("is wiped from memory when it makes room for other segments", () => {
    const first = sealed.segment(row, 0);
    const long = new Uint8Array(130 * 4032).fill(1);
    const { lastId } = store.db.run(
      `INSERT INTO block (pair, block_id, origin, sequence, state, epoch, created_at_ms, secrecy, correctness,
        authentication, bytes, auth_bytes, block_bytes, proposed, lack_bytes, stored_at_ms, peer_offset_ms, tail,
        computational)
        VALUES (1, ?, 'qkd', 2, 'loading', 1, 1, 0, 0, 0, ?, 0, ?, 1, 0, 1, 0, x'00', 0)`,
      "cd".repeat(16),
      long.length,
      long.length,
    );
    const other = store.db.one<BlockRow>("SELECT * FROM block WHERE id = ?", lastId) as BlockRow;
    const block = sealed.seal(other, long);
    block.enter(lastId);
    for (let number = 0; number < block.segments; number += 1) {
      block.storeSegment(lastId, number);
      expect(zeros(sealed.segment(other, number))).toBe(false);
    }
    expect(zeros(first)).toBe(true);
  });

  it("has new keys at every sweep, and every list of them only once", () => {
    const segmentKeys = tree.segmentKeys(row).slice();
    use(0, 4064);
    const rows = (table: string) => store.db.one<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n;
    expect([rows("fresh_key"), rows("segment"), rows("due")]).toEqual([1, 3, 1]);
    sweep();
    expect([rows("fresh_key"), rows("segment"), rows("due")]).toEqual([0, 2, 0]);
    const after = tree.segmentKeys(row);
    expect(zeros(after.subarray(0, 32))).toBe(true);
    expect(after.subarray(32, 64)).not.toEqual(segmentKeys.subarray(32, 64));
    expect(after.subarray(64)).toEqual(segmentKeys.subarray(64));
    const { generation } = tree.root.inForce;
    sweep();
    expect(tree.root.inForce.generation).toBe(generation);
  });

  it("comes back when its transaction fails", () => {
    use(0, 32);
    store.db.exec("CREATE TRIGGER stop BEFORE UPDATE ON key_root BEGIN SELECT RAISE(ABORT, 'no'); END");
    expect(sweep).toThrow(expect.objectContaining({ code: "QKD_KEYSTORE_CONFLICT" }));
    expect(tree.root.inForce.generation).toBe(1);
    expect(sealed.segment(row, 0)).toEqual(key.subarray(0, 4032));
    sealed.wipeAll();
    expect(sealed.segment(row, 0)).toEqual(key.subarray(0, 4032));
    store.db.exec("DROP TRIGGER stop");
    sweep();
    expect(zeros(sealed.segment(row, 0).subarray(0, 32))).toBe(true);
    // The generation of the sweep that failed is not given to another root.
    expect(tree.root.inForce.generation).toBe(3);
    tree.close();
    open();
    expect(sealed.segment(row, 0).subarray(32)).toEqual(key.subarray(32, 4032));
  });
});
