import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HashKernel } from "../../../kernels/index.ts";
import { peerOwnerOf, relayRefused } from "../../../protocol/index.ts";
import type { KeySource } from "../../delivery/take-keys.ts";
import type { ControllerEvent } from "../../events.ts";
import { Pair } from "../../pair/pair.ts";
import type { PeerEndpoint } from "../../peer/peer-channel.ts";
import type { PeerCredentials } from "../../peer/peer-credentials.ts";
import { type SendMessage, sendOver } from "../../peer/send-message.ts";
import { INITIAL_FALLBACK } from "../../policy/fallback/fallback-machine.ts";
import type { NewBlock, OpenKeyPool } from "../../pool/key-pool.ts";
import { LINK_KEY_BYTES } from "../../pool/link-secret.ts";
import { siteOfEnd } from "../../pool/proposer.ts";
import { HybridSource } from "../../sources/hybrid/hybrid-source.ts";
import { PqcKeyMaker } from "../../sources/pqc/pqc-key-maker.ts";
import { RecentBits } from "../../sources/recent-bits.ts";
import type { RelayDesk } from "../../sources/relay/relay-desk.ts";
import type { RelayEvent } from "../../sources/relay/relay-ports.ts";
import { RelaySource, type RelaySourceOptions } from "../../sources/relay/relay-source.ts";
import { steadyMs } from "../../steady-time.ts";
import { fewAtOnce } from "./few-at-once.ts";
import type { PairPlan } from "./pair-plans.ts";

/** What a pair without a link is made of; it owns and closes `channel` alone. */
export interface DistantPairParts {
  readonly node: string;
  readonly plan: PairPlan;
  readonly store: OpenKeyPool;
  readonly channel: PeerEndpoint;
  readonly hash: HashKernel;
  readonly desk: RelayDesk;
  readonly ways: RelaySourceOptions["ways"];
  /** A message of the other node that is no word of the pair itself: a refusal of a hop, a word of a key stream. */
  readonly heard: (kind: number, body: Uint8Array) => Promise<unknown>;
  readonly event: (event: ControllerEvent) => void;
  readonly failed: (error: unknown) => void;
}

/** Requests that wait for key to be made; each looks at the store all the time. */
const MOST_WAITING = 16;
/** A pair has fewer applications than a link, and an exchange brings a block within milliseconds. */
const PQC_READY_BITS = 2 ** 17;
/** The least that a way has to have to count as one. */
const LEAST_PAD_BITS = 8 * 512;

/**
 * Keys shared with a node that no link joins with this one: the agreement over a connection of their own, the pool, and the
 * relay that fills it ahead of demand.
 */
export class DistantPair {
  readonly plan: PairPlan;
  readonly store: OpenKeyPool;
  readonly keys: KeySource;
  readonly send: SendMessage;
  readonly #channel: PeerEndpoint;
  readonly #pair: Pair;
  readonly #source: RelaySource;
  readonly #exchanged: PqcKeyMaker;
  readonly #hybrid: HybridSource;
  readonly #demand = new RecentBits();
  readonly #heard: DistantPairParts["heard"];
  readonly #failed: (error: unknown) => void;
  #connected = false;
  #closing: Promise<void> | null = null;

  constructor({ node, plan, store, channel, hash, desk, ways, heard, event, ...told }: DistantPairParts) {
    // What is still under way when a pair ends finds its store closed, which is no failure.
    const failed = (error: unknown): void => {
      if (this.#closing === null) told.failed(error);
    };
    this.#failed = failed;
    const { other, end, pairId } = plan;
    const { pool } = store;
    this.plan = plan;
    this.store = store;
    this.#channel = channel;
    this.#heard = heard;
    this.send = sendOver(channel);
    this.keys = {
      pool,
      origins: ["relay", "hybrid", "pqc"],
      fallback: () => INITIAL_FALLBACK,
      served: (bits, origin) => {
        if (origin !== "pqc") this.#demand.add(bits, steadyMs());
        if (origin === "hybrid") this.#hybrid.served(bits);
      },
      canRelay: () => ways({ bits: LEAST_PAD_BITS, rank: "ordinary", avoided: [] }) !== null,
      moreRelayed: fewAtOnce(MOST_WAITING, (bits) => this.#source.fill({ bits })),
      morePqc: fewAtOnce(MOST_WAITING, (bits) => this.#exchanged.fill({ bits })),
      moreHybrid: fewAtOnce(MOST_WAITING, (bits) => this.#hybrid.fill({ bits })),
    };
    const decided = (blockId: string) => void desk.decided(blockId).catch(failed);
    this.#pair = new Pair(
      pool,
      channel,
      { end, linkId: pairId, hash },
      {
        connected: (up) => {
          this.#connected = up;
        },
        available: ({ blockId, origin, keyBytes }) => {
          decided(blockId);
          event({ type: "keysAdded", atMs: Date.now(), origin, bits: 8 * keyBytes, blockId });
        },
        discarded: decided,
        lost: (lost) => event({ type: "keysLost", atMs: Date.now(), ...lost }),
        clock: (offsetMs) => event({ type: "peerClock", atMs: Date.now(), offsetMs }),
        expired: (origin, bits, atMs) => event({ type: "keyExpired", atMs, origin, bits }),
        failed,
      },
    );
    this.#source = new RelaySource({
      node,
      other,
      pool,
      desk,
      send: this.send,
      ways,
      now: Date.now,
      steadyMs,
      sleep,
      randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    });
    const link = { linkId: pairId, linkKey: plan.secret.reveal().slice(0, LINK_KEY_BYTES) };
    const { kem, combiner, exchanges } = plan;
    const offer = this.#pair.offer.bind(this.#pair);
    const { send } = this;
    this.#exchanged = new PqcKeyMaker({
      offer,
      site: siteOfEnd(end),
      link,
      pool,
      send,
      kem,
      keepReady: exchanges,
      targetBits: PQC_READY_BITS,
      checkEveryMs: 1000,
    });
    this.#hybrid = new HybridSource({
      offer,
      end,
      pair: { ...link, kem, combiner },
      pool,
      send,
      quantum: ["relay"],
      morePqc: (bits) => this.#exchanged.fill({ bits }),
      moreRelayed: (bits) => this.#source.fill({ bits }),
      giveUp: (blockId) => this.#pair.giveUp(blockId),
      now: Date.now,
      steadyMs,
      sleep,
    });
  }

  /** Whether both nodes agree on what they hold, so that blocks can become keys. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Begins to listen or to dial. */
  start(): Promise<void> {
    const refusals = {
      kind: "relayed",
      origin: null,
      holdings: async () => ({ blockIds: [], newest: -1 }),
      connected: () => {},
      receive: (kind: number, body: Uint8Array) =>
        kind === relayRefused.kind || peerOwnerOf(kind) === "streams"
          ? this.#heard(kind, body)
          : Promise.resolve(false),
      fill: async () => {},
      close: async () => {},
    } as const;
    return this.#pair.start([this.#source, this.#exchanged, this.#hybrid, refusals]);
  }

  offer(block: NewBlock): Promise<boolean> {
    return this.#pair.offer(block);
  }

  giveUp(blockId: string): Promise<void> {
    return this.#pair.giveUp(blockId);
  }

  told(event: RelayEvent): void {
    this.#source.told(event);
  }

  /** What time alone changes; call it every second or so. What fails is told. */
  async tick(maxKeyAgeMs: number | undefined): Promise<void> {
    if (this.#closing !== null) return;
    try {
      await this.#pair.tick(Date.now(), maxKeyAgeMs);
      await this.#source.keepFilled(this.#demand.perSecond(steadyMs()));
      await this.#hybrid.keepFilled();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Rejects with ConfigError, and nothing changed, for unusable ones. */
  async renew(credentials: PeerCredentials): Promise<void> {
    await this.#channel.renew?.(credentials);
  }

  /** Idempotent; the store stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#hybrid.close();
    await this.#exchanged.close();
    await this.#source.close();
    await this.#pair.close();
  }
}
