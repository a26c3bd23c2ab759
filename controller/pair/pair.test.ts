import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BehaviorSubject, Subject } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PeerError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "../peer/peer-channel.ts";
import type { KeyPool, NewBlock, SiteRole } from "../pool/key-pool.ts";
import { createKeyFile } from "../pool/secret-file.ts";
import { openKeyPool } from "../pool/sqlite/open-key-pool.ts";
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
  readonly told: string[] = [];

  connected(epoch: number | null): void {
    this.told.push(epoch === null ? "gone" : `connected ${epoch}`);
  }

  async receive(kind: number, body: Uint8Array): Promise<void> {
    if (kind === ANY_KIND) this.told.push(`heard ${body[0]}`);
  }

  async fill(): Promise<void> {}
  async close(): Promise<void> {}
}

const audience = { master: "sae-a", slave: "sae-b" };
const block = (sequence: number): NewBlock => ({
  blockId: sequence.toString(16).padStart(32, "0"),
  sequence,
  origin: "relay",
  key: new SecretBytes(Uint8Array.from({ length: 1024 }, (_, i) => (i * 7 + sequence) & 255)),
  epsilon: { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 },
  createdAtMs: 1_700_000_000_000,
});

async function site(folder: string, role: SiteRole, end: MemoryEnd) {
  const keyFile = join(folder, `${role}.kek`);
  createKeyFile(keyFile);
  const linkSecret = new SecretBytes(new Uint8Array(2080).fill(7));
  const path = join(folder, `${role}.db`);
  const { pool } = await openKeyPool({ path, keyFile, site: role, linkId: "link", linkSecret });
  const log: string[] = [];
  const pair = new Pair(pool, end, {
    connected: () => {},
    available: (blockId) => log.push(`available ${Number.parseInt(blockId, 16)}`),
    discarded: (blockId) => log.push(`discarded ${Number.parseInt(blockId, 16)}`),
    expired: () => {},
    failed: (error) => log.push(String(error)),
  });
  const source = new ToldSource();
  await pair.start([source]);
  return { pool, pair, source, log, end };
}

describe("a pair of nodes", () => {
  let folder: string;
  let alice: Awaited<ReturnType<typeof site>>;
  let bob: typeof alice;
  const connect = (epoch: number) => {
    for (const { end } of [alice, bob]) end.tell("up", epoch);
  };
  const disconnect = (epoch: number) => {
    for (const { end } of [alice, bob]) end.tell("down", epoch);
  };
  const told = (node: typeof alice, what: string) => expect.poll(() => node.source.told).toContain(what);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "qkdlink-"));
    const [a, b] = [new MemoryEnd(), new MemoryEnd()];
    a.other = b;
    b.other = a;
    alice = await site(folder, "alice", a);
    bob = await site(folder, "bob", b);
  });
  afterEach(async () => {
    for (const { pair, pool } of [alice, bob]) {
      await pair.close();
      await pool.close();
    }
    rmSync(folder, { recursive: true });
  });

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
    await expect.poll(() => alice.log).toEqual(["available 0"]);
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
    await expect.poll(() => alice.log).toEqual(["discarded 2"]);
    await expect(take(alice.pool)).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
  });
});
