import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BehaviorSubject } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import { QkdError } from "../../../errors/index.ts";
import { createKernels } from "../../../kernels/index.ts";
import {
  type Combiner,
  hybridCombine,
  hybridRefuse,
  hybridWant,
  SecretBytes,
} from "../../../protocol/index.ts";
import { Pair } from "../../pair/pair.ts";
import { joinedEnds } from "../../peer/joined-ends.ts";
import type { PeerEndpoint } from "../../peer/peer-channel.ts";
import { sendOver } from "../../peer/send-message.ts";
import { keyPoolOver } from "../../pool/contract-calls.ts";
import type { KeyOrigin, NewBlock } from "../../pool/key-pool.ts";
import { type PairEnd, siteOfEnd } from "../../pool/proposer.ts";
import { CommittedStore } from "../../pool/sqlite/committed-store.ts";
import { steadyMs } from "../../steady-time.ts";
import { HybridSource } from "./hybrid-source.ts";

const { hash } = await createKernels();
const audience = { master: "sae-a", slave: "sae-b" };
const PATIENT = { timeout: 15_000 };

async function end(folder: string, which: PairEnd, channel: PeerEndpoint, combiner: Combiner) {
  const site = siteOfEnd(which);
  const linkSecret = new Uint8Array(2080).fill(7);
  const store = new CommittedStore(
    {
      path: join(folder, `${site}.db`),
      kek: new Uint8Array(32).fill(1),
      linkSecret,
      linkId: "link",
      site,
      capacityBits: 2 ** 24,
      redeliveryMs: 0,
      auditRows: 10_000,
    },
    10,
  );
  const { pool } = keyPoolOver(store.carry);
  const failures: string[] = [];
  const joined = new BehaviorSubject(false);
  const pair = new Pair(
    pool,
    channel,
    { end: which, linkId: "link", hash },
    {
      connected: (up) => joined.next(up),
      available: () => {},
      discarded: () => {},
      lost: () => {},
      clock: () => {},
      expired: () => {},
      failed: (error) => failures.push(error instanceof QkdError ? error.code : String(error)),
    },
  );
  const source = new HybridSource({
    offer: (block) => pair.offer(block),
    end: which,
    pair: { linkId: "link", linkKey: linkSecret.slice(0, 32), kem: "ML-KEM-1024", combiner },
    pool,
    send: sendOver(channel),
    quantum: ["qkd"],
    morePqc: async () => {},
    giveUp: (blockId) => pair.giveUp(blockId),
    now: Date.now,
    steadyMs,
    sleep,
  });
  return { pool, pair, source, joined, failures, send: sendOver(channel) };
}

type End = Awaited<ReturnType<typeof end>>;
const running: { folder: string; ends: readonly End[] }[] = [];

afterEach(async () => {
  for (const { folder, ends } of running.splice(0)) {
    for (const { pair, source } of ends) {
      await source.close();
      await pair.close();
    }
    for (const { pool } of ends) await pool.close();
    rmSync(folder, { recursive: true });
  }
});

/** Two nodes with so many bytes of stock of both kinds. */
async function twoNodes(combiner: Combiner = "kdf", stockBytes = 65_536) {
  const folder = mkdtempSync(join(tmpdir(), "qkdlink-hybrid-"));
  const [a, b] = joinedEnds();
  const proposer = await end(folder, "proposer", a, combiner);
  const acceptor = await end(folder, "acceptor", b, combiner);
  running.push({ folder, ends: [proposer, acceptor] });
  await proposer.pair.start([proposer.source]);
  await acceptor.pair.start([acceptor.source]);
  for (const { joined } of [proposer, acceptor]) await expect.poll(() => joined.value, PATIENT).toBe(true);
  await stock([proposer, acceptor], "qkd", stockBytes);
  await stock([proposer, acceptor], "pqc", stockBytes);
  return { proposer, acceptor };
}

async function stock(ends: readonly [End, End], origin: KeyOrigin, bytes: number): Promise<void> {
  const key = randomBytes(bytes + 64);
  const blockId = randomBytes(16).toString("hex");
  const sequence = (await ends[0].pool.highestSequence(origin)) + 1;
  const createdAtMs = Date.now();
  const block = (): NewBlock => ({
    blockId,
    sequence,
    origin,
    key: new SecretBytes(Uint8Array.from(key)),
    epsilon: { secrecy: origin === "pqc" ? 1 : 2 ** -40, correctness: 0, authentication: 0 },
    createdAtMs,
  });
  for (const { pair } of ends) expect(await pair.offer(block())).toBe(true);
  for (const { pool } of ends) await expect.poll(() => pool.blockState(blockId), PATIENT).toBe("available");
}

const level = async ({ pool }: End, origin: KeyOrigin) => (await pool.status(origin)).availableBits;

describe("hybrid keys", { timeout: 60_000 }, () => {
  it.each<[Combiner]>([["kdf"], ["xor"]])(
    "by %s are equal at both nodes, whoever asks for them",
    async (combiner) => {
      const { proposer, acceptor } = await twoNodes(combiner);
      for (const [here, there] of [
        [proposer, acceptor],
        [acceptor, proposer],
      ] as const) {
        await here.source.fill({ bits: 4096, timeoutMs: 15_000 });
        const [key] = await here.pool.takeMany({ bits: 256, count: 1, audience, origin: "hybrid" });
        const [same] = await there.pool.takeByIds([key!.keyId], audience);
        expect(Buffer.from(same!.key.reveal())).toEqual(Buffer.from(key!.key.reveal()));
        const none = combiner === "kdf";
        for (const { origin, auth, epsilon } of [key!, same!]) {
          expect([origin, auth]).toEqual(["hybrid", none ? "computational" : "information-theoretic"]);
          expect(epsilon?.block ?? null).toBe(none ? null : 2 ** -40);
        }
      }
      expect([proposer.failures, acceptor.failures]).toEqual([[], []]);
    },
  );

  it("cost as much of both kinds as they are long", async () => {
    const { proposer } = await twoNodes();
    const before = await Promise.all([level(proposer, "qkd"), level(proposer, "pqc")]);
    await proposer.source.fill({ bits: 4096, timeoutMs: 15_000 });
    const after = await Promise.all([level(proposer, "qkd"), level(proposer, "pqc")]);
    expect(before.map((bits, index) => bits - (after[index] as number))).toEqual([8704, 8704]);
  });

  it("are refused where one kind lacks, and cost nothing of the other", async () => {
    const { proposer } = await twoNodes("kdf", 64);
    const before = await level(proposer, "pqc");
    await expect(proposer.source.fill({ bits: 256, timeoutMs: 100 })).rejects.toMatchObject({
      code: "QKD_KEYSTORE_EXHAUSTED",
    });
    expect(await level(proposer, "pqc")).toBe(before);
  });

  it("are kept ready after they were asked for, while quantum key abounds", async () => {
    const { proposer, acceptor } = await twoNodes();
    await proposer.source.keepFilled();
    expect(await proposer.pool.highestSequence("hybrid")).toBe(-1);
    proposer.source.served(16_384);
    await proposer.source.keepFilled();
    await expect.poll(() => level(proposer, "hybrid"), PATIENT).toBeGreaterThanOrEqual(8192);
    acceptor.source.served(2 ** 30);
    await acceptor.source.keepFilled();
    await sleep(50);
    expect(await proposer.pool.highestSequence("hybrid")).toBe(0);
  });
});

describe("a node that lies of hybrid keys", { timeout: 60_000 }, () => {
  const combine = (change: object) => ({
    sequence: 0,
    createdAtMs: Date.now(),
    blockBytes: 96,
    quantumKeyId: "00".repeat(16),
    exchangedKeyId: "11".repeat(16),
    ...change,
  });
  const keyOf = async (node: End, origin: KeyOrigin, bytes: number) => {
    const own = { master: "qkdlink hybrid", slave: "qkdlink hybrid" };
    const [key] = await node.pool.takeMany({ bits: 8 * bytes, count: 1, audience: own, origin });
    return key!.keyId.replaceAll("-", "");
  };

  it.each<[string, object]>([
    ["too short a block", { blockBytes: 64 }],
    ["too long a block", { blockBytes: 8224 }],
    ["a block of no whole grains", { blockBytes: 97 }],
    ["a number that no block can have", { sequence: 2 ** 25 }],
  ])("is known by %s", async (_, change) => {
    const { proposer, acceptor } = await twoNodes();
    await proposer.send(hybridCombine, combine(change));
    await expect.poll(() => acceptor.failures, PATIENT).toEqual(["QKD_PEER_LIED"]);
  });

  it.each<[string, KeyOrigin, KeyOrigin, number]>([
    ["two post-quantum keys", "pqc", "pqc", 96],
    ["two quantum keys", "qkd", "qkd", 96],
    ["the keys in each other's place", "pqc", "qkd", 96],
    ["keys of another length", "qkd", "pqc", 128],
  ])("is known by %s", async (_, first, second, bytes) => {
    const { proposer, acceptor } = await twoNodes();
    const quantumKeyId = await keyOf(proposer, first, bytes);
    const exchangedKeyId = await keyOf(proposer, second, bytes);
    await proposer.send(hybridCombine, combine({ quantumKeyId, exchangedKeyId }));
    await expect.poll(() => acceptor.failures, PATIENT).toEqual(["QKD_PEER_LIED"]);
    expect(await acceptor.pool.highestSequence("hybrid")).toBe(-1);
  });

  it("is refused for keys that it does not name rightly, and makes no key of keys that were used", async () => {
    const { proposer, acceptor } = await twoNodes();
    await proposer.source.fill({ bits: 256, timeoutMs: 15_000 });
    const taken = await keyOf(proposer, "qkd", 96);
    const other = await keyOf(proposer, "pqc", 96);
    const twice = combine({ sequence: 1, quantumKeyId: taken, exchangedKeyId: other });
    await proposer.send(hybridCombine, twice);
    await expect.poll(() => acceptor.pool.highestSequence("hybrid"), PATIENT).toBe(1);
    await proposer.send(hybridCombine, { ...twice, sequence: 2 });
    await proposer.send(hybridCombine, combine({ sequence: 2 }));
    await sleep(100);
    expect(await acceptor.pool.highestSequence("hybrid")).toBe(1);
    expect(acceptor.failures).toEqual([]);
  });

  it("voids no block of others, nor one that is released, and leads no numbers away", async () => {
    const { proposer, acceptor } = await twoNodes();
    await proposer.source.fill({ bits: 256, timeoutMs: 15_000 });
    const before = await level(proposer, "hybrid");
    await acceptor.send(hybridWant, { bytes: 8, nextSequence: 2 ** 31 });
    await expect.poll(() => proposer.pool.highestSequence("hybrid"), PATIENT).toBe(1);
    await acceptor.send(hybridRefuse, { blockId: "ab".repeat(16), nextSequence: 2 ** 31 });
    await acceptor.source.fill({ bits: 256, timeoutMs: 15_000 });
    expect(await level(proposer, "hybrid")).toBeGreaterThanOrEqual(before);
    expect(await proposer.pool.highestSequence("hybrid")).toBeLessThan(10);
  });

  it("is known by messages of the other end", async () => {
    const { proposer, acceptor } = await twoNodes();
    await acceptor.send(hybridCombine, combine({}));
    await proposer.send(hybridWant, { bytes: 8, nextSequence: 0 });
    await expect.poll(() => proposer.failures, PATIENT).toEqual(["QKD_PEER_LIED"]);
    await expect.poll(() => acceptor.failures, PATIENT).toEqual(["QKD_PEER_LIED"]);
  });
});
