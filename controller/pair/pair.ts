import type { Observable, Subscription } from "rxjs";
import type { HashKernel } from "../../kernels/index.ts";
import { peerOwnerOf } from "../../protocol/index.ts";
import type { DiscardReason } from "../agreement/agreement-state.ts";
import { BlockAgreement, type LostKeys } from "../agreement/block-agreement.ts";
import { GatedChannel } from "../peer/gated-channel.ts";
import type { PeerEndpoint, PeerMessage, PeerState } from "../peer/peer-channel.ts";
import { sendOver } from "../peer/send-message.ts";
import type { BlockFacts, KeyOrigin, KeyPool, NewBlock } from "../pool/key-pool.ts";
import type { PairEnd } from "../pool/proposer.ts";
import type { BlockSource, SourceHoldings } from "../sources/block-source.ts";

/** What a pair is made of beside its pool and its channel. */
export interface PairParts {
  readonly end: PairEnd;
  readonly linkId: string;
  readonly hash: HashKernel;
  readonly now?: () => number;
}

/** What a pair tells those who use it. */
export interface PairPorts {
  /** The other node is there and agrees on what is pending, or it is gone. */
  readonly connected: (up: boolean) => void;
  /** A block's keys are handed out from now on. */
  readonly available: (block: BlockFacts) => void;
  /** A block was destroyed before it was handed out. */
  readonly discarded: (blockId: string, reason: DiscardReason) => void;
  /** The other node hands out no more of a block, so that this one does not either. */
  readonly lost: (lost: LostKeys) => void;
  /** The other node's clock less this one, ms, at each connection. */
  readonly clock: (offsetMs: number) => void;
  /** Keys became too old. */
  readonly expired: (origin: KeyOrigin, bits: number, atMs: number) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Two nodes that share keys: which blocks both hold, the pool behind it, and the sources that fill it. Knows of a source no
 * more than `BlockSource` says. On every connection the agreement comes first; only then do the sources see the channel.
 */
export class Pair {
  readonly pool: KeyPool;
  readonly peerState$: Observable<PeerState>;
  readonly #channel: PeerEndpoint;
  readonly #gate: GatedChannel;
  readonly #ports: PairPorts;
  readonly #agreement: BlockAgreement;
  readonly #subscriptions: Subscription[] = [];
  #sources: readonly BlockSource[] = [];

  constructor(pool: KeyPool, channel: PeerEndpoint, parts: PairParts, ports: PairPorts) {
    this.pool = pool;
    this.#channel = channel;
    this.#ports = ports;
    this.peerState$ = channel.state$;
    this.#gate = new GatedChannel(channel, (kind) => peerOwnerOf(kind) !== "agreement");
    this.#agreement = new BlockAgreement({
      ...parts,
      pool,
      send: sendOver(channel),
      holdings: (origin) => this.#holdings(origin),
      onAvailable: ports.available,
      onDiscarded: ports.discarded,
      onLost: ports.lost,
      onClock: ports.clock,
      failed: ports.failed,
    });
  }

  /** Port that waits for the other node, or null at the dialling one. */
  get port(): number | null {
    return this.#channel.port;
  }

  /** Hands a block of a source to the agreement; false, and the key wiped, where that is not possible now. */
  offer(block: NewBlock): Promise<boolean> {
    return this.#agreement.store(block);
  }

  /** Destroys a block that this node proposes, if it is still pending. Rejects with KeyStoreError. */
  giveUp(blockId: string): Promise<void> {
    return this.#agreement.giveUp(blockId);
  }

  /** Names the sources and begins. Before anything is sent everybody listens: what the peer says first must not be lost. */
  async start(sources: readonly BlockSource[]): Promise<void> {
    this.#sources = sources;
    this.#subscriptions.push(
      this.#channel.messages$.subscribe((message) => void this.#receive(message)),
      this.#channel.state$.subscribe((state) => void this.#follow(state)),
      this.#gate.messages$.subscribe(({ kind, body }) => {
        for (const source of sources) void this.#guard(source.receive?.(kind, body));
      }),
    );
    await this.#channel.begin();
  }

  /** What time alone changes: keys that grow old, blocks that wait too long for the other node. */
  async tick(atMs: number, maxKeyAgeMs: number | undefined): Promise<void> {
    if (maxKeyAgeMs !== undefined)
      for (const origin of ["qkd", "relay", "hybrid", "pqc"] as const) {
        const { peerOffsetMs } = this.#agreement;
        const bits = await this.pool.expire({ nowMs: atMs, maxAgeMs: maxKeyAgeMs, peerOffsetMs, origin });
        if (bits > 0) this.#ports.expired(origin, bits, atMs);
      }
    await this.#agreement.tick(atMs);
  }

  /** Ends agreement and channel; sources and pool are their owner's to close. Idempotent. */
  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#agreement.suspend();
    await this.#agreement.idle();
    await this.#channel.close();
    await this.#gate.close();
  }

  /** Of an origin that has no source here nothing can be under way. */
  async #holdings(origin: KeyOrigin): Promise<SourceHoldings> {
    const source = this.#sources.find((each) => each.origin === origin);
    return source?.holdings() ?? { blockIds: [], newest: -1 };
  }

  async #follow(state: PeerState): Promise<void> {
    if (state.state !== "up") {
      this.#agreement.suspend();
      for (const source of this.#sources) source.connected(null);
      this.#ports.connected(false);
      if (state.error !== null) this.#ports.failed(state.error);
      return;
    }
    await this.#guard(
      this.#agreement.begin().then((agreed) => {
        if (!agreed) return;
        for (const source of this.#sources) source.connected(state.epoch);
        this.#gate.open(state.epoch);
        this.#ports.connected(true);
      }),
    );
  }

  async #receive({ kind, body }: PeerMessage): Promise<void> {
    if (peerOwnerOf(kind) === "agreement") await this.#guard(this.#agreement.receive(kind, body));
  }

  async #guard(work: Promise<unknown> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#ports.failed(error);
    }
  }
}
