import { KeyStoreError, PeerError } from "../../../errors/index.ts";
import {
  hybridCombine,
  hybridRefuse,
  hybridWant,
  type PeerValueOf,
  peerOwnerOf,
  SecretBytes,
} from "../../../protocol/index.ts";
import type { SendMessage } from "../../peer/send-message.ts";
import { KEY_ID_LIMITS } from "../../pool/key-id.ts";
import type { KeyOrigin, KeyPool, TakenKey } from "../../pool/key-pool.ts";
import type { PairEnd } from "../../pool/proposer.ts";
import type { BlockSource, SourceHoldings, SourcePorts, SourceWant } from "../block-source.ts";
import { RecentBits } from "../recent-bits.ts";
import { hybridSizes, isHybridSize } from "./block-sizes.ts";
import {
  combineKeys,
  type HybridFacts,
  type HybridPair,
  hybridBlockId,
  hybridEpsilon,
  hybridRoute,
} from "./hybrid-block.ts";

/** What the source of hybrid blocks needs of its pair. */
export interface HybridSourceOptions extends SourcePorts {
  readonly end: PairEnd;
  readonly pair: HybridPair;
  readonly pool: KeyPool;
  readonly send: SendMessage;
  /** Origins of the quantum part, best first: of a link, or relayed. */
  readonly quantum: readonly ("qkd" | "relay")[];
  /** Has so many bits of post-quantum key made in the own half. Rejects where they do not come. */
  readonly morePqc: (bits: number) => Promise<void>;
  /** The same of relayed key, where the quantum part is relayed. */
  readonly moreRelayed?: (bits: number) => Promise<void>;
  /** Destroys a block that this node proposed, if it is still pending. */
  readonly giveUp: (blockId: string) => Promise<void>;
  readonly now: () => number;
  readonly steadyMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

type Combine = PeerValueOf<typeof hybridCombine>;

/** Keys of the two parts are taken for nobody else: no application is called so. */
const AUDIENCE = { master: "qkdlink hybrid", slave: "qkdlink hybrid" } as const;
/** Blocks that wait for the other node's word: with so many no more are made. */
const MOST_PENDING = 4;
/** A node that lost its store is so far behind, at most. */
const MOST_SKIPPED = 2 ** 24;
/** How often the other node is asked while somebody waits. */
const ASK_AGAIN_MS = 200;
const LOOK_MS = 5;
/** For how long the demand of the last minute is kept ready: more would tie up quantum key. */
const READY_S = 30;
/** What is kept ready leaves this much of the quantum key in the half. */
const LEFT_BITS = 32_768;

/**
 * Hybrid blocks of a pair of nodes: each of one quantum key and one post-quantum key of its own length, which the proposer
 * takes of its half and the acceptor fetches by their ids. Neither part serves anything else, and the block is agreed on like
 * every other.
 */
export class HybridSource implements BlockSource {
  readonly kind = "combined";
  readonly origin = "hybrid";
  readonly #options: HybridSourceOptions;
  readonly #taken = new RecentBits();
  readonly #proposing = new Set<string>();
  #making: Promise<void> | null = null;
  #answering = false;
  #nextSequence = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #connected = false;
  #closed = false;

  constructor(options: HybridSourceOptions) {
    this.#options = options;
  }

  /** A block is offered before any word of it leaves, so what is not in the pool and not being entered is nowhere. */
  async holdings(): Promise<SourceHoldings> {
    return { blockIds: [...this.#proposing], newest: await this.#options.pool.highestSequence("hybrid") };
  }

  connected(epoch: number | null): void {
    this.#connected = epoch !== null;
    if (!this.#connected) this.#nextSequence = 0;
  }

  /** Hybrid key was handed out: so much is kept ready from now on. */
  served(bits: number): void {
    this.#taken.add(bits, this.#options.steadyMs());
  }

  /** Waits until the own half holds so many bits, for two seconds unless told. */
  async fill({ bits, timeoutMs = 2000 }: SourceWant): Promise<void> {
    const { steadyMs, sleep } = this.#options;
    const untilMs = steadyMs() + timeoutMs;
    for (;;) {
      const lack = bits - (await this.#stockBits());
      if (lack <= 0) return;
      if (!this.#open || steadyMs() >= untilMs)
        throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "no hybrid key can be made now", {
          retryable: true,
        });
      await this.#want(lack);
      await sleep(LOOK_MS);
    }
  }

  /** Keeps ready what was taken lately, as long as quantum key abounds; call it every second or so. */
  async keepFilled(): Promise<void> {
    const { pool, quantum, steadyMs } = this.#options;
    const wanted = this.#taken.perSecond(steadyMs()) * READY_S;
    if (wanted === 0 || !this.#open) return;
    const lack = wanted - (await this.#stockBits());
    if (lack <= 0) return;
    const levels = await Promise.all(quantum.map((origin) => pool.status(origin)));
    if (levels.every(({ availableBits }) => availableBits < LEFT_BITS + 2 * lack)) return;
    await this.#want(lack);
  }

  /** Handles a message; false when the kind is not one of its own. Rejects with PeerError. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    const { end } = this.#options;
    if (peerOwnerOf(kind) !== "hybrid") return false;
    if (kind === hybridWant.kind && end === "proposer") await this.#onWant(body);
    else if (kind === hybridCombine.kind && end === "acceptor") await this.#onCombine(body);
    else if (kind === hybridRefuse.kind && end === "proposer") await this.#onRefuse(body);
    else throw lied("a message that is not for this node");
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#making;
  }

  get #open(): boolean {
    return this.#connected && !this.#closed;
  }

  async #stockBits(): Promise<number> {
    return (await this.#options.pool.status("hybrid")).availableBits;
  }

  async #want(bits: number): Promise<void> {
    const { end, send, pool, steadyMs } = this.#options;
    if (end === "proposer") return this.#make(bits);
    if (steadyMs() - this.#askedAtMs < ASK_AGAIN_MS) return;
    this.#askedAtMs = steadyMs();
    const nextSequence = (await pool.highestSequence("hybrid")) + 1;
    const bytes = Math.min(Math.ceil(bits / 8), 2 ** 32 - 1);
    // A connection that is lost ends the waiting by itself.
    await send(hybridWant, { bytes, nextSequence }).catch(() => {});
  }

  async #onWant(body: Uint8Array): Promise<void> {
    const { bytes, nextSequence } = hybridWant.decode(body);
    await this.#follow(nextSequence);
    this.#make(bytes * 8);
  }

  /** A number that only a liar can be at would, once stored, leave none for later blocks. */
  async #follow(nextSequence: number): Promise<void> {
    const highest = await this.#options.pool.highestSequence("hybrid");
    if (nextSequence <= highest + MOST_SKIPPED)
      this.#nextSequence = Math.max(this.#nextSequence, nextSequence);
  }

  /** Makes one block; one at a time. What is wanted meanwhile is wanted again. */
  #make(bits: number): void {
    this.#making ??= this.#makeOne(bits)
      // Too little of one part, or a full disk: no key now, and nothing that somebody did wrong.
      .catch(() => {})
      .finally(() => {
        this.#making = null;
      });
  }

  async #makeOne(bits: number): Promise<void> {
    const { pool, pair, send, now, offer } = this.#options;
    if (!this.#open || (await this.#pending()) >= MOST_PENDING) return;
    const sequence = Math.max(this.#nextSequence, (await pool.highestSequence("hybrid")) + 1);
    if (sequence > KEY_ID_LIMITS.sequence) return;
    const parts = await this.#takeParts(bits);
    if (parts === null) return;
    const { quantum, exchanged } = parts;
    const facts: HybridFacts = {
      sequence,
      createdAtMs: now(),
      blockBytes: quantum.key.length,
      quantumKeyId: plain(quantum.keyId),
      exchangedKeyId: plain(exchanged.keyId),
    };
    const blockId = hybridBlockId(pair, facts);
    this.#proposing.add(blockId);
    try {
      if (await offer(this.#blockOf(facts, quantum, exchanged))) await send(hybridCombine, facts);
    } finally {
      this.#proposing.delete(blockId);
    }
    await this.#settled(blockId);
  }

  /** The level counts a block when the other node has it too; until then no more are made. */
  async #settled(blockId: string): Promise<void> {
    const { pool, steadyMs, sleep } = this.#options;
    const untilMs = steadyMs() + 3000;
    while (this.#open && steadyMs() < untilMs && (await pool.blockState(blockId)) === "pending")
      await sleep(LOOK_MS);
  }

  /** One key of each kind, of one length; null where a half holds too little. Post-quantum key costs least, so it comes first. */
  async #takeParts(bits: number): Promise<{ quantum: TakenKey; exchanged: TakenKey } | null> {
    const { pool, quantum: origins, morePqc, moreRelayed } = this.#options;
    const [wished] = hybridSizes(bits) as [number, ...number[]];
    const { availableBits } = await pool.status("pqc");
    if (availableBits < wished * 8) await morePqc(wished * 8);
    for (const asked of [false, true])
      for (const bytes of hybridSizes(bits))
        for (const origin of origins) {
          if (asked && origin === "relay" && bytes === wished) await moreRelayed?.(bytes * 8).catch(() => {});
          const quantum = await this.#take(origin, bytes);
          if (quantum === null) continue;
          const exchanged = await this.#take("pqc", bytes);
          if (exchanged !== null) return { quantum, exchanged };
          quantum.key.wipe();
          return null;
        }
    return null;
  }

  async #take(origin: KeyOrigin, bytes: number): Promise<TakenKey | null> {
    const { pool } = this.#options;
    try {
      const [key] = await pool.takeMany({ bits: bytes * 8, count: 1, audience: AUDIENCE, origin });
      return key ?? null;
    } catch (error) {
      if (error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_EXHAUSTED") return null;
      throw error;
    }
  }

  /** One block at a time: a peer that floods must not fill the store's queue. */
  async #onCombine(body: Uint8Array): Promise<void> {
    const facts = hybridCombine.decode(body);
    if (!isHybridSize(facts.blockBytes)) throw lied("a block outside the limits");
    if (this.#answering)
      throw new PeerError(
        "QKD_PEER_PROTOCOL",
        "hybrid keys: the peer sends a block while this node makes its last one",
        { retryable: true },
      );
    this.#answering = true;
    try {
      await this.#accept(facts);
    } finally {
      this.#answering = false;
    }
  }

  async #accept(facts: Combine): Promise<void> {
    const { pool, pair, send, offer, quantum: origins } = this.#options;
    const nextSequence = (await pool.highestSequence("hybrid")) + 1;
    const refuse = () => send(hybridRefuse, { blockId: hybridBlockId(pair, facts), nextSequence });
    if (facts.sequence >= nextSequence + MOST_SKIPPED) throw lied("a block number that no block can have");
    if (facts.sequence < nextSequence || (await this.#pending()) >= MOST_PENDING) return refuse();
    const keys = await this.#fetch(facts);
    if (keys === null) return refuse();
    const [quantum, exchanged] = keys as [TakenKey, TakenKey];
    const fits =
      origins.some((origin) => origin === quantum.origin) &&
      exchanged.origin === "pqc" &&
      keys.every(({ key }) => key.length === facts.blockBytes);
    if (!fits) {
      for (const { key } of keys) key.wipe();
      throw lied("a block of other keys than one quantum and one post-quantum key of its length");
    }
    try {
      await offer(this.#blockOf(facts, quantum, exchanged));
    } catch (error) {
      // A full disk: no key now, and nothing that the other node did wrong.
      if (!(error instanceof KeyStoreError)) throw error;
      await refuse();
    }
  }

  async #fetch({ quantumKeyId, exchangedKeyId }: Combine): Promise<readonly TakenKey[] | null> {
    try {
      return await this.#options.pool.takeByIds([uuid(quantumKeyId), uuid(exchangedKeyId)], AUDIENCE);
    } catch (error) {
      if (error instanceof KeyStoreError) return null;
      throw error;
    }
  }

  async #onRefuse(body: Uint8Array): Promise<void> {
    const { blockId, nextSequence } = hybridRefuse.decode(body);
    const block = await this.#options.pool.block(blockId);
    // Only what this source proposed is given up on its word.
    if (block?.origin !== "hybrid" || block.state !== "pending") return;
    await this.#follow(nextSequence);
    await this.#options.giveUp(blockId);
  }

  /** The block; both parts are wiped. */
  #blockOf(facts: HybridFacts, quantum: TakenKey, exchanged: TakenKey) {
    const { pair } = this.#options;
    const { sequence, createdAtMs } = facts;
    const bytes = combineKeys(pair, facts, quantum.key.reveal(), exchanged.key.reveal());
    for (const { key } of [quantum, exchanged]) key.wipe();
    return {
      blockId: hybridBlockId(pair, facts),
      sequence,
      createdAtMs,
      origin: "hybrid" as const,
      epsilon: hybridEpsilon(pair, quantum),
      key: new SecretBytes(bytes),
      ...hybridRoute(quantum),
    };
  }

  async #pending(): Promise<number> {
    const pending = await this.#options.pool.pending();
    return pending.filter(({ origin }) => origin === "hybrid").length;
  }
}

function plain(keyId: string): string {
  return keyId.replaceAll("-", "");
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function lied(what: string): PeerError {
  return new PeerError("QKD_PEER_LIED", `hybrid keys: the peer sent ${what}`);
}
