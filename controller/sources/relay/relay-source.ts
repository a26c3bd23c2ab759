import { KeyStoreError, PeerError } from "../../../errors/index.ts";
import { type PeerMessage, relayWant } from "../../../protocol/index.ts";
import { TAIL_BYTES } from "../../pool/block-tail.ts";
import { KEY_ID_LIMITS } from "../../pool/key-id.ts";
import type { KeyPool } from "../../pool/key-pool.ts";
import { PAD_TAG_BYTES } from "../../pool/pads/pad-layout.ts";
import type { NodeId } from "../../pool/pads/pad-store.ts";
import type { ChosenWays } from "../../routing/choose-ways.ts";
import { blockOnDemandBytes, fillPlan } from "../../routing/fill-plan.ts";
import type { BlockSource, SourceHoldings, SourceWant } from "../block-source.ts";
import { proposes } from "./node-order.ts";
import type { RelayDesk } from "./relay-desk.ts";
import type { RelayEvent, RelayRank } from "./relay-ports.ts";
import { type RelayedBlock, relayedBlockId } from "./relayed-block.ts";

/** What a source of relayed blocks needs of its node. */
export interface RelaySourceOptions {
  readonly node: NodeId;
  readonly other: NodeId;
  /** Of the pair with the other node. */
  readonly pool: KeyPool;
  readonly desk: RelayDesk;
  /** To the other node, over the connection of the pair. */
  readonly send: <T>(message: PeerMessage<T>, value: T) => Promise<void>;
  /** Ways of a block whose hops take so many bits each, or null where there are none now; `avoided` failed a moment ago. */
  readonly ways: (wanted: {
    readonly bits: number;
    readonly rank: RelayRank;
    readonly avoided: readonly (readonly NodeId[])[];
  }) => ChosenWays | null;
  /** Unix time, and time that nobody sets, ms. */
  readonly now: () => number;
  readonly steadyMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** So many bytes that nobody can guess, as lower-case hexadecimal text. */
  readonly randomHex: (bytes: number) => string;
}

/** What somebody waits for. */
interface Wanted {
  /** Key that a half lacks. */
  readonly bits: number;
  readonly rank: RelayRank;
  readonly timeoutMs: number;
}

/** How long a block is waited for when nobody waits for its key. */
const BACKGROUND_MS = 10_000;
/** A way that failed is avoided so long. */
const AVOIDED_MS = 10_000;
const MOST_AVOIDED = 64;
/** Blocks that wait for the other node's word: with so many no more are made. */
const MOST_PENDING = 4;
/** A site that lost its store is so far behind, at most. */
const MOST_SKIPPED = 2 ** 24;
/** How often the other node is asked while somebody waits. */
const ASK_AGAIN_MS = 500;
const LOOK_MS = 5;
const NO_TRACE = { traceId: "0".repeat(32), spanId: "0".repeat(16) };

/**
 * Relayed blocks of a pair of nodes. The proposer makes them; the acceptor asks for them. A block that does not come through is
 * void, and the next one goes another way.
 */
export class RelaySource implements BlockSource {
  readonly kind = "relayed";
  readonly origin = "relay";
  readonly #options: RelaySourceOptions;
  readonly #proposer: boolean;
  readonly #proposing = new Set<string>();
  #avoided: readonly { readonly path: readonly NodeId[]; readonly untilMs: number }[] = [];
  #making: Promise<void> | null = null;
  #nextSequence = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #connected = false;
  #closed = false;

  constructor(options: RelaySourceOptions) {
    this.#options = options;
    this.#proposer = proposes(options.node, options.other);
  }

  /** A block is pending before any of it leaves, so what is not in the pool and not being entered is nowhere. */
  async holdings(): Promise<SourceHoldings> {
    return { blockIds: [...this.#proposing], newest: await this.#options.pool.highestSequence("relay") };
  }

  connected(epoch: number | null): void {
    this.#connected = epoch !== null;
    if (!this.#connected) this.#nextSequence = 0;
  }

  /** Waits until the own half holds so many bits, for two seconds unless told. */
  async fill({ bits, timeoutMs = 2000 }: SourceWant): Promise<void> {
    const { steadyMs, sleep } = this.#options;
    const untilMs = steadyMs() + timeoutMs;
    for (;;) {
      const lack = bits - (await this.#stockBits());
      if (lack <= 0) return;
      const leftMs = untilMs - steadyMs();
      if (!this.#open || leftMs <= 0)
        throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "no relayed key comes now", {
          retryable: true,
          context: { node: this.#options.other },
        });
      await this.#want({ bits: lack, rank: "ordinary", timeoutMs: leftMs });
      await sleep(LOOK_MS);
    }
  }

  /** Keeps the pair filled for a demand, with what nobody needs more urgently; call it every second or so. */
  async keepFilled(demandBps: number): Promise<void> {
    const pendingBits = (await this.#pending()).reduce((sum, { keyBytes }) => sum + keyBytes * 4, 0);
    const { blocks, blockBytes } = fillPlan({ stockBits: await this.#stockBits(), pendingBits, demandBps });
    if (blocks > 0 && this.#open)
      await this.#want({ bits: blockBytes * 4, rank: "background", timeoutMs: 0 });
  }

  /** What the desk tells of the blocks of this node: a way that failed is avoided. */
  told(event: RelayEvent): void {
    if (event.type === "refused" && event.acceptor === this.#options.other) this.#avoid(event.path);
  }

  /** Handles the other node's `want`; false for any other kind. Rejects with PeerError. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    if (kind !== relayWant.kind) return false;
    const { bytes, rank, timeoutMs, nextSequence } = relayWant.decode(body);
    if (!this.#proposer)
      throw new PeerError("QKD_PEER_LIED", "a node asks for relayed key that it has to propose itself", {
        context: { node: this.#options.other },
      });
    // A number that only a liar can be at would, once stored, leave none for later blocks.
    const highest = await this.#options.pool.highestSequence("relay");
    if (nextSequence <= highest + MOST_SKIPPED)
      this.#nextSequence = Math.max(this.#nextSequence, nextSequence);
    this.#make({ bits: bytes * 8, rank, timeoutMs });
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#making;
  }

  get #open(): boolean {
    return this.#connected && !this.#closed;
  }

  async #want(wanted: Wanted): Promise<void> {
    if (this.#proposer) return this.#make(wanted);
    const { send, pool, steadyMs } = this.#options;
    if (steadyMs() - this.#askedAtMs < ASK_AGAIN_MS) return;
    this.#askedAtMs = steadyMs();
    const bytes = Math.min(Math.ceil(wanted.bits / 8), 2 ** 32 - 1);
    const nextSequence = (await pool.highestSequence("relay")) + 1;
    const timeoutMs = Math.min(Math.ceil(wanted.timeoutMs), 2 ** 32 - 1);
    // A connection that is lost ends the waiting by itself.
    await send(relayWant, { bytes, rank: wanted.rank, timeoutMs, nextSequence }).catch(() => {});
  }

  /** Makes one block; one at a time. What is wanted meanwhile is wanted again. */
  #make(wanted: Wanted): void {
    this.#making ??= this.#makeOne(wanted)
      // A full disk: no key now, and nothing that somebody did wrong.
      .catch(() => {})
      .finally(() => {
        this.#making = null;
      });
  }

  async #makeOne({ bits, rank, timeoutMs }: Wanted): Promise<void> {
    const { pool, desk, ways, now, randomHex, steadyMs, sleep } = this.#options;
    const pending = await this.#pending();
    if (!this.#open || pending.length >= MOST_PENDING) return;
    const blockBytes = blockOnDemandBytes(bits, TAIL_BYTES);
    const avoided = this.#avoided.filter(({ untilMs }) => untilMs > steadyMs()).map(({ path }) => path);
    const chosen = ways({ bits: (blockBytes + PAD_TAG_BYTES) * 8, rank, avoided });
    if (chosen === null) return;
    const sequence = Math.max(this.#nextSequence, (await pool.highestSequence("relay")) + 1);
    if (sequence > KEY_ID_LIMITS.sequence) return;
    const block: RelayedBlock = { nonce: randomHex(16), sequence, createdAtMs: now(), blockBytes, ...chosen };
    const blockId = relayedBlockId(block);
    const leftMs = timeoutMs > 0 ? Math.ceil(timeoutMs) : BACKGROUND_MS;
    this.#proposing.add(blockId);
    try {
      const failure = await desk.propose({ blockId, block, rank, leftMs, ...NO_TRACE });
      if (failure !== null) {
        const [first] = chosen.paths;
        if (failure === "exhausted" && first !== undefined) this.#avoid(first);
        return;
      }
    } finally {
      this.#proposing.delete(blockId);
    }
    const untilMs = steadyMs() + leftMs;
    while (this.#open && steadyMs() < untilMs && (await pool.blockState(blockId)) === "pending")
      await sleep(LOOK_MS);
  }

  #avoid(path: readonly NodeId[]): void {
    const untilMs = this.#options.steadyMs() + AVOIDED_MS;
    this.#avoided = [...this.#avoided, { path, untilMs }].slice(-MOST_AVOIDED);
  }

  async #stockBits(): Promise<number> {
    return (await this.#options.pool.status("relay")).availableBits;
  }

  async #pending() {
    return (await this.#options.pool.pending()).filter(({ origin }) => origin === "relay");
  }
}
