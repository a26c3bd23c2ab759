import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SecretBytes } from "../../../protocol/index.ts";
import { Anchor } from "../anchor/anchor.ts";
import type { OpenKeyPool, PendingBlock } from "../key-pool.ts";
import type { NodeStore } from "../node-store.ts";
import { createKeyFile } from "../secret-file.ts";
import { openNodeStore } from "./open-node-store.ts";
import { SqliteStore } from "./sqlite-store.ts";

const AUDIENCE = { master: "a", slave: "b" };
let folder: string;
let store: NodeStore;

const open = () =>
  openNodeStore({ path: join(folder, "keys.db"), keyFile: join(folder, "kek"), leaseBytes: 0 });
const pairOf = (linkId: string, secret = linkId.charCodeAt(0)) =>
  store.pair({ linkId, site: "alice", linkSecret: new SecretBytes(new Uint8Array(32 + 1024).fill(secret)) });
const block = (sequence: number, fill: number): PendingBlock => ({
  blockId: sequence.toString(16).padStart(32, "0"),
  sequence,
  origin: "qkd",
  key: new SecretBytes(new Uint8Array(4096).fill(fill)),
  tail: new SecretBytes(new Uint8Array(64)),
  epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
  createdAtMs: 1,
});
const RELEASE = { boundaryBytes: 2048, tag: "00".repeat(16) };

async function fill({ pool }: OpenKeyPool, fillByte: number): Promise<void> {
  const fresh = block(1, fillByte);
  await pool.addPending(fresh);
  await pool.makeAvailable(fresh.blockId, RELEASE);
}
const take = ({ pool }: OpenKeyPool, count = 1) =>
  pool.takeMany({ bits: 256, count, audience: AUDIENCE, origin: "qkd" });
const bits = async ({ pool }: OpenKeyPool) => (await pool.status("qkd")).availableBits;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-node-"));
  createKeyFile(join(folder, "kek"));
  store = open();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe("a node's store", () => {
  it("keeps pairs apart, though their blocks have equal names and numbers", async () => {
    const [one, other] = [await pairOf("x-y"), await pairOf("y-z")];
    await fill(one, 1);
    await fill(other, 2);
    const [first] = await take(one);
    const [second] = await take(other);
    expect([first?.key.reveal()[0], second?.key.reveal()[0]]).toEqual([1, 2]);
    expect(first?.keyId).not.toBe(second?.keyId);
    await one.pool.discard(block(1, 1).blockId);
    expect([await bits(one), await bits(other)]).toEqual([0, 8 * (2048 - 32)]);
    expect((await one.pool.notices(9)).length).toBe(0);
    await other.pool.lose(block(1, 2).blockId, "lost");
    expect((await other.pool.notices(9)).map(({ reason }) => reason)).toEqual(["lost"]);
    expect(await one.pool.notices(9)).toEqual([]);
    await one.pool.noticesHeard([1, 2]);
    expect(await other.pool.notices(9)).toHaveLength(1);
  });

  it("takes pads of the pair that is asked alone", async () => {
    const [one, other] = [await pairOf("x-y"), await pairOf("y-z")];
    await fill(one, 1);
    const wish = { bytes: 128, leastLeftBytes: 0, auth: "information-theoretic" } as const;
    await expect(other.pool.takePad(wish)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
    const { material, places } = await one.pool.takePad(wish);
    expect(material.reveal()[0]).toBe(1);
    await expect(other.pool.openPad(places)).rejects.toMatchObject({ code: "QKD_KEYSTORE_UNKNOWN_KEY" });
  });

  it("keeps reserves, ledgers and numbers of pairs apart", async () => {
    const [one, other] = [await pairOf("x-y"), await pairOf("y-z")];
    await one.auth.reserve(64);
    expect([await one.auth.remaining(), await other.auth.remaining()]).toEqual([
      { own: 448, peer: 512 },
      { own: 512, peer: 512 },
    ]);
    await one.ledger.charge({
      epsilon: { secrecy: 1e-9, correctness: 0, authentication: 0 },
      padsSpent: true,
    });
    expect((await other.ledger.totals()).attempts).toBe(0);
    await fill(one, 1);
    expect([await one.pool.highestSequence("qkd"), await other.pool.highestSequence("qkd")]).toEqual([1, -1]);
  });

  it("refuses a pair that is open, a secret of two pairs, and a pair that was ended", async () => {
    const one = await pairOf("x-y");
    await expect(pairOf("x-y")).rejects.toMatchObject({ code: "QKD_KEYSTORE_LOCKED" });
    await expect(pairOf("y-z", "x".charCodeAt(0))).rejects.toMatchObject({ code: "QKD_KEYSTORE_CONFLICT" });
    const other = await pairOf("y-z");
    await fill(one, 1);
    await one.pool.close();
    await expect(take(one)).rejects.toMatchObject({ code: "QKD_KEYSTORE_UNREADABLE" });
    await fill(other, 2);
    expect(await take(other)).toHaveLength(1);
    const again = await pairOf("x-y");
    expect(await again.audit.opening()).toMatchObject({ kind: "clean" });
    expect(await bits(again)).toBe(8 * 2048);
  });

  it("covers a commit that uses keys of two pairs by the anchors of both", () => {
    const at = (name: string) => join(folder, name);
    const kek = new Uint8Array(32).fill(7);
    const settings = (linkId: string) => ({
      linkId,
      site: "alice" as const,
      linkSecret: new Uint8Array(32 + 1024).fill(linkId.charCodeAt(0)),
      capacityBits: 2 ** 20,
      redeliveryMs: 0,
      leaseBytes: 0,
      anchorPath: at(`${linkId}.anchor`),
    });
    const both = new SqliteStore({
      ...settings("x-y"),
      path: at("both.db"),
      kek,
      auditRows: 1000,
      manyPairs: true,
    });
    const parts = [both.first, both.open(settings("y-z"))];
    for (const part of parts) {
      const { key, tail, ...rest } = block(1, 3);
      const bare = { ...rest, key: key.reveal(), tail: tail.reveal() };
      for (const step of both.adding(bare, part)) both.transact([step]);
      both.transact([() => part.pool.makeAvailable(bare.blockId, RELEASE)]);
    }
    const takes = parts.map(
      ({ pool }) =>
        () =>
          pool.takeMany({ bits: 256, count: 2, audience: AUDIENCE, origin: "qkd" }),
    );
    expect(both.transact(takes).every((outcome) => "value" in outcome)).toBe(true);
    const reached = ["x-y", "y-z"].map(
      (linkId) =>
        Anchor.read({ path: at(`${linkId}.anchor`), kek, linkId, site: "alice" })?.origins.qkd.own.upTo,
    );
    expect(reached).toEqual([
      { sequence: 1, offset: 64 },
      { sequence: 1, offset: 64 },
    ]);
    both.close();
  });

  it("opens clean after an orderly end, in whatever order the pairs come", async () => {
    await fill(await pairOf("x-y"), 1);
    await fill(await pairOf("y-z"), 2);
    await store.close();
    store = open();
    const other = await pairOf("y-z");
    const one = await pairOf("x-y");
    for (const pair of [one, other])
      expect(await pair.audit.opening()).toMatchObject({ kind: "clean", burntBits: 0 });
    expect([await bits(one), await bits(other)]).toEqual([8 * 2048, 8 * 2048]);
    const [key] = await take(one);
    expect(key?.key.reveal()[0]).toBe(1);
  });
});
