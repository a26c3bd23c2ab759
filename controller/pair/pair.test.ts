import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BehaviorSubject, Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PeerError, QkdError } from "../../errors/index.ts";
import { createKernels } from "../../kernels/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "../peer/peer-channel.ts";
import { keyPoolOver } from "../pool/contract-calls.ts";
import type { KeyOrigin, KeyPool, NewBlock, SiteRole } from "../pool/key-pool.ts";
import { pairEnd } from "../pool/proposer.ts";
import { CommittedStore } from "../pool/sqlite/committed-store.ts";
import type { BlockSource } from "../sources/block-source.ts";
import { Pair } from "./pair.ts";

/** One end of a connection in memory, which goes up and down as the test says. */
class MemoryEnd implements PeerEndpoint {
  readonly port = null;
  other: MemoryEnd | null = null;
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  readonly messages$ = this.#messages.asObservable();
  readonly state$ = this.#state.asObservable();

  tell(state: PeerState["state"], epoch: number): void {
    this.#state.next({ state, epoch, error: null });
  }

  async begin(): Promise<void> {}
  recycle(): void {}
  reconnect(): void {}
  async close(): Promise<void> {}

  async send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    const { state, epoch } = this.#state.value;
    if (state !== "up") throw new PeerError("QKD_PEER_UNREACHABLE", "down");
    const bytes = Uint8Array.from(Buffer.concat(body instanceof Uint8Array ? [body] : body));
    setImmediate(() => this.other?.hear({ kind, body: bytes }, epoch));
  }

  async sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const { kind, parts } of messages) await this.send(kind, parts);
  }

  hear(message: PeerMessage, epoch: number): void {
    const { state, epoch: own } = this.#state.value;
    if (state === "up" && own === epoch) this.#messages.next(message);
  }
}

/** A kind that no owner has: the pair hands on whatever is not the agreement's. */
const ANY_KIND = 0x90;

/** A source that writes down what it is told. */
class ToldSource implements BlockSource {
  readonly kind = "exchanged";
  readonly origin = "relay";
  readonly told: string[] = [];

  connected(epoch: number | null): void {
    this.told.push(epoch === null ? "gone" : `connected ${epoch}`);
  }

  async receive(kind: number, body: Uint8Array): Promise<void> {
    if (kind === ANY_KIND) this.told.push(`heard ${body[0]}`);
  }

  async holdings() {
    return { blockIds: [], newest: -1 };
  }

  async fill(): Promise<void> {}
  async close(): Promise<void> {}
}

const audience = { master: "sae-a", slave: "sae-b" };
const { hash } = await createKernels();
const madeAtMs = Date.now();
const block = (sequence: number, change: Partial<NewBlock> = {}): NewBlock => ({
  blockId: sequence.toString(16).padStart(32, "0"),
  sequence,
  origin: "relay",
  key: new SecretBytes(Uint8Array.from({ length: 1024 + 64 }, (_, i) => (i * 7 + sequence) & 255)),
  epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 },
  createdAtMs: madeAtMs,
  ...change,
});

/** What may differ between sites under test. */
interface SiteChange {
  readonly capacityBits?: number;
  readonly fetchTtlMs?: number;
  readonly now?: () => number;
}

async function site(folder: string, role: SiteRole, end: MemoryEnd, change: SiteChange = {}) {
  const store = new CommittedStore(
    {
      path: join(folder, `${role}.db`),
      kek: new Uint8Array(32).fill(1),
      linkSecret: new Uint8Array(2080).fill(7),
      linkId: "link",
      site: role,
      capacityBits: 2 ** 24,
      redeliveryMs: 0,
      auditRows: 10_000,
      ...change,
    },
    10,
  );
  const { pool } = keyPoolOver(store.carry);
  const log: string[] = [];
  const parts = { end: pairEnd(role), linkId: "link", hash, ...(change.now && { now: change.now }) };
  const pair = new Pair(pool, end, parts, {
    connected: () => {},
    available: ({ sequence }) => log.push(`available ${sequence}`),
    discarded: (blockId) => log.push(`discarded ${Number.parseInt(blockId, 16)}`),
    lost: ({ blockId, bits, reason }) =>
      log.push(`lost ${Number.parseInt(blockId, 16)}, ${bits} bits, ${reason}`),
    clock: (offsetMs) => {
      if (Math.abs(offsetMs) > 10_000) log.push(`clock ${offsetMs}`);
    },
    expired: (origin, bits) => log.push(`expired ${origin} ${bits}`),
    failed: (error) => log.push(error instanceof QkdError ? error.code : String(error)),
  });
  const source = new ToldSource();
  await pair.start([source]);
  return { pool, pair, source, log, end };
}

/** A store under load may take its time. */
const PATIENT = { timeout: 15_000 };

describe("a pair of nodes", { timeout: 90_000 }, () => {
  let folder: string;
  let alice: Awaited<ReturnType<typeof site>>;
  let bob: typeof alice;
  const connect = (epoch: number) => {
    for (const { end } of [alice, bob]) end.tell("up", epoch);
  };
  const disconnect = (epoch: number) => {
    for (const { end } of [alice, bob]) end.tell("down", epoch);
  };
  const told = (node: typeof alice, what: string) =>
    expect.poll(() => node.source.told, PATIENT).toContain(what);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
    await openBoth({}, {});
  });
  afterEach(async () => {
    await closeBoth();
    rmSync(folder, { recursive: true });
  });

  async function openBoth(ofAlice: SiteChange, ofBob: SiteChange): Promise<void> {
    const [a, b] = [new MemoryEnd(), new MemoryEnd()];
    a.other = b;
    b.other = a;
    alice = await site(folder, "alice", a, ofAlice);
    bob = await site(folder, "bob", b, ofBob);
  }

  async function closeBoth(): Promise<void> {
    for (const { pair, pool } of [alice, bob]) {
      await pair.close();
      await pool.close();
    }
  }

  const take = async (pool: KeyPool) => {
    const [key] = await pool.takeMany({ bits: 256, count: 1, audience, origin: "relay" });
    return key!;
  };

  it("hands out a block of any source once both nodes hold it", async () => {
    connect(1);
    await told(alice, "connected 1");
    await told(bob, "connected 1");
    expect(await alice.pair.offer(block(0))).toBe(true);
    await expect(take(alice.pool)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
    expect(await bob.pair.offer(block(0))).toBe(true);
    await expect.poll(() => alice.log, PATIENT).toEqual(["available 0"]);
    const taken = await take(alice.pool);
    const [fetched] = await bob.pool.takeByIds([taken.keyId], audience);
    expect(fetched?.key.reveal()).toEqual(taken.key.reveal());
  });

  it("lets a source hear the other node only after both agree on what earlier connections left, and then all of it", async () => {
    connect(1);
    await alice.end.send(ANY_KIND, new Uint8Array([42]));
    await told(bob, "heard 42");
    expect(bob.source.told).toEqual(["gone", "connected 1", "heard 42"]);
    disconnect(1);
    connect(2);
    await told(bob, "connected 2");
    expect(bob.source.told.slice(3)).toEqual(["gone", "connected 2"]);
  });

  it("refuses a block while no agreement stands, and wipes its key", async () => {
    const refused = block(1);
    expect(await alice.pair.offer(refused)).toBe(false);
    expect(refused.key.reveal().every((byte) => byte === 0)).toBe(true);
    expect(await alice.pool.blockState(refused.blockId)).toBe("absent");
  });

  it("destroys after a reconnection what the other node does not hold", async () => {
    connect(1);
    await told(alice, "connected 1");
    await told(bob, "connected 1");
    expect(await alice.pair.offer(block(2))).toBe(true);
    disconnect(1);
    connect(2);
    await expect.poll(() => alice.log, PATIENT).toEqual(["discarded 2"]);
    expect(await alice.pool.blockState(block(2).blockId)).toBe("spent");
    await expect(take(alice.pool)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
  });

  /** Both sites again, with other settings, connected. */
  async function again(ofAlice: SiteChange, ofBob: SiteChange): Promise<void> {
    await closeBoth();
    await openBoth(ofAlice, ofBob);
    connect(1);
    await told(alice, "connected 1");
    await told(bob, "connected 1");
  }

  const offerBoth = async (fresh: () => NewBlock) => {
    for (const { pair } of [alice, bob]) await pair.offer(fresh());
    const { blockId } = fresh();
    await expect.poll(() => bob.pool.blockState(blockId), PATIENT).not.toBe("pending");
  };
  const takeAll = async (pool: KeyPool, origin: KeyOrigin) => {
    const count = Math.floor((await pool.status(origin)).availableBits / 256);
    if (count === 0) return [];
    return (await pool.takeMany({ bits: 256, count, audience, origin })).map(({ keyId }) => keyId);
  };
  const wide = (sequence: number): NewBlock =>
    block(sequence, { key: new SecretBytes(new Uint8Array(10_000 + 64).fill(sequence)) });
  const CAPACITY_BITS = 400_000;
  /** Whole grains of a block of 10,000 bytes. */
  const BLOCK_BITS = 8 * 32 * Math.floor(10_000 / 32);

  it.each(["alice", "bob"] as const)("serves one-way use by %s for ever at the full rate", async (user) => {
    await again({ capacityBits: CAPACITY_BITS }, { capacityBits: CAPACITY_BITS });
    const [taker, fetcher] = user === "alice" ? [alice, bob] : [bob, alice];
    const taken: number[] = [];
    for (let sequence = 0; sequence < 40; sequence += 1) {
      await offerBoth(() => wide(sequence));
      const ids = await takeAll(taker.pool, "relay");
      if (ids.length > 0) await fetcher.pool.takeByIds(ids, audience);
      taken.push(ids.length * 256);
    }
    // The other half fills first; from then on every block serves the one that takes.
    for (const bits of taken.slice(-10)) expect(bits).toBeGreaterThan(BLOCK_BITS - 512);
    expect([taker.log, fetcher.log].flat().filter((line) => !line.startsWith("available"))).toEqual([]);
  });

  it("stops at the capacity of both halves by name, and goes on once keys are taken", async () => {
    await again({ capacityBits: 160_000 }, { capacityBits: 160_000 });
    for (let sequence = 0; sequence < 5; sequence += 1) await offerBoth(() => wide(sequence));
    expect(alice.log).toContain("QKD_KEYSTORE_CAPACITY");
    expect([
      await alice.pool.blockState(wide(4).blockId),
      await bob.pool.blockState(wide(4).blockId),
    ]).toEqual(["spent", "spent"]);
    await takeAll(alice.pool, "relay");
    await offerBoth(() => wide(5));
    expect(await alice.pool.blockState(wide(5).blockId)).toBe("available");
  });

  it("serves on although nobody fetches, and keeps the keys for that no longer than it was told", async () => {
    let nowMs = Date.now();
    const change = { capacityBits: CAPACITY_BITS, fetchTtlMs: 60_000, now: () => nowMs };
    await again(change, change);
    const rounds = 40;
    for (let sequence = 0; sequence < rounds; sequence += 1) {
      nowMs += 10_000;
      await offerBoth(() => block(sequence, { key: wide(sequence).key, createdAtMs: nowMs }));
      await takeAll(alice.pool, "relay");
      for (const { pair } of [alice, bob]) await pair.tick(nowMs, undefined);
    }
    const kept = async () => (await bob.pool.status("relay")).peerBits;
    await expect
      .poll(async () => {
        nowMs += 2000;
        for (const { pair } of [alice, bob]) await pair.tick(nowMs, undefined);
        return kept();
      }, PATIENT)
      .toBeLessThan(10 * BLOCK_BITS);
    expect(alice.log.filter((line) => line.startsWith("available"))).toHaveLength(rounds);
  });

  it("hands out no key that the other site does not hold, though one clock is fifteen minutes ahead", async () => {
    let nowMs = Date.now();
    const AHEAD_MS = 900_000;
    await again({ now: () => nowMs }, { now: () => nowMs + AHEAD_MS });
    await expect.poll(() => bob.log, PATIENT).toEqual([`clock ${-AHEAD_MS}`]);
    expect(alice.log).toEqual([`clock ${AHEAD_MS}`]);
    const pass = async (ms: number) => {
      nowMs += ms;
      await expect
        .poll(async () => {
          nowMs += 2000;
          await alice.pair.tick(nowMs, 300_000);
          await bob.pair.tick(nowMs + AHEAD_MS, 300_000);
          return (await alice.pool.notices(9)).length + (await bob.pool.notices(9)).length;
        }, PATIENT)
        .toBe(0);
    };
    const exchanged: number[] = [];
    const exchange = async () => {
      for (const [master, slave] of [
        [bob, alice],
        [alice, bob],
      ] as const) {
        const request = { bits: 256, count: 1, audience, origin: "qkd" as const };
        const keys = await master.pool.takeMany(request).catch(() => []);
        const ids = keys.map(({ keyId }) => keyId);
        // Fetched late, but within the grace.
        nowMs += 20_000;
        if (ids.length > 0) exchanged.push((await slave.pool.takeByIds(ids, audience)).length);
      }
    };
    for (let sequence = 0; sequence < 3; sequence += 1) {
      await offerBoth(() => block(sequence, { origin: "qkd", createdAtMs: nowMs }));
      for (let step = 0; step < 3; step += 1) {
        await exchange();
        await pass(10_000);
      }
    }
    for (let step = 0; step < 12; step += 1) {
      await exchange();
      await pass(10_000);
    }
    expect(exchanged.length).toBeGreaterThan(18);
    expect(exchanged.every((keys) => keys === 1)).toBe(true);
    await pass(70_000);
    for (const { pool } of [alice, bob])
      for (let sequence = 0; sequence < 3; sequence += 1)
        expect(await pool.blockState(block(sequence).blockId)).toBe("spent");
    // What one site ended first, the other was told.
    expect([...alice.log, ...bob.log].some((line) => /^(lost|expired)/.test(line))).toBe(true);
  });
});
