import { type KeyObject, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { KeyStoreError, PeerError } from "../../../errors/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../../options/index.ts";
import {
  type KemName,
  type PeerValueOf,
  peerOwnerOf,
  pqcAnswer,
  pqcConfirm,
  pqcOffer,
  pqcRefuse,
  pqcWant,
  SecretBytes,
} from "../../../protocol/index.ts";
import type { SendMessage } from "../../peer/send-message.ts";
import { MIN_BLOCK_BYTES } from "../../pool/block-tail.ts";
import type { KeyPool, NewBlock, SiteRole } from "../../pool/key-pool.ts";
import type { BlockSource, SourceHoldings, SourcePorts, SourceWant } from "../block-source.ts";
import { proofHolds } from "../key-exchange-parts.ts";
import {
  answerOffer,
  MAX_PQC_BLOCK_BYTES,
  newKemPair,
  openAnswer,
  type PqcKeys,
  type PqcLink,
} from "./pqc-key-exchange.ts";

/** What the key maker needs of its site. */
export interface PqcKeyMakerOptions extends SourcePorts {
  readonly site: SiteRole;
  readonly link: PqcLink;
  readonly pool: KeyPool;
  readonly send: SendMessage;
  /** Equal at both nodes; default ML-KEM-768. */
  readonly kem?: KemName;
  /** Level of the own post-quantum half that is kept ready, bits; default 2^20. */
  readonly targetBits?: number;
  /** Whether keys are kept ready at all times (default), or only between `engage` and `relax`. */
  readonly keepReady?: boolean;
  readonly checkEveryMs?: number;
  readonly now?: () => number;
}

const RULES: RulesOf<PqcKeyMakerOptions> = {
  offer: rule.callback,
  site: rule.choice("alice", "bob"),
  link: rule.like({ linkId: rule.anyText("the name of a link"), linkKey: rule.bytes }),
  pool: rule.having(["status", "highestSequence"], "an open key pool"),
  send: rule.callback,
  kem: maybe(rule.choice("ML-KEM-768", "ML-KEM-1024")),
  targetBits: maybe(rule.number(0, Number.MAX_SAFE_INTEGER)),
  keepReady: maybe(rule.flag),
  checkEveryMs: maybe(rule.wait()),
  now: maybe(rule.callback),
};

type PqcOffer = PeerValueOf<typeof pqcOffer>;

interface Round {
  readonly offer: PqcOffer;
  readonly privateKey?: KeyObject;
  readonly keys?: PqcKeys;
  readonly done: (made: boolean) => void;
}

const DEFAULT_TARGET_BITS = 2 ** 20;
const ROUND_TIMEOUT_MS = 3000;
const MOST_WANTED_BLOCKS = 4096;
/** Numbers that a peer may skip at once: a site that lost its store is so far behind, at most. */
const MOST_SKIPPED = 2 ** 24;
/** Blocks that wait for the other site's word: with so many no more are made, for a site that never gives it. */
const MOST_PENDING = 4;
const NO_EPSILON = { secrecy: 1, correctness: 0, authentication: 0 } as const;

/**
 * Makes key blocks of origin `pqc` with the other site by ML-KEM over the authenticated peer channel. Alice opens
 * a round with a fresh key pair, Bob encapsulates; both prove that they hold the same keys before they store them.
 * One round is under way at a time; a lost connection or a late answer ends it without a key. Their security is
 * computational, so blocks carry no epsilon of secrecy (1 stands for none).
 */
export class PqcKeyMaker implements BlockSource {
  readonly kind = "exchanged";
  readonly origin = "pqc";
  readonly #options: PqcKeyMakerOptions;
  readonly #targetBits: number;
  readonly #kem: KemName;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #round: Round | null = null;
  #connected = false;
  #engaged = false;
  #closed = false;
  /** Blocks that the other site asked for (Alice only). */
  #wanted = 0;
  #nextSequence = 0;
  #filling: Promise<void> | null = null;
  #made = 0;
  /** An offer is being answered (Bob only). */
  #answering = false;

  constructor(options: PqcKeyMakerOptions) {
    checkOptions("the options of PqcKeyMaker", options, RULES);
    this.#options = options;
    this.#targetBits = options.targetBits ?? DEFAULT_TARGET_BITS;
    this.#kem = options.kem ?? "ML-KEM-768";
    this.#now = options.now ?? Date.now;
    this.#timer = setInterval(() => void this.#fill(), options.checkEveryMs ?? 200);
    this.#timer.unref();
  }

  /** Blocks made since the start. */
  get blocksMade(): number {
    return this.#made;
  }

  /** Alice's site offers a block before the other one can hold it, so a round is all that is under way. */
  async holdings(): Promise<SourceHoldings> {
    const offer = this.#round?.offer;
    const newest = Math.max(await this.#options.pool.highestSequence("pqc"), offer?.sequence ?? -1);
    return { blockIds: offer === undefined ? [] : [offer.blockId], newest };
  }

  connected(epoch: number | null): void {
    this.#connected = epoch !== null;
    if (this.#connected) void this.#fill();
    else {
      this.#endRound();
      this.#wanted = 0;
      this.#nextSequence = 0;
    }
  }

  /** Fallback engaged: keys are needed. */
  engage(): void {
    this.#engaged = true;
    void this.#fill();
  }

  /** Fallback cleared. */
  relax(): void {
    this.#engaged = false;
  }

  /** Waits until the own half holds so many bits, making more if needed; for two seconds unless told. */
  async fill({ bits, timeoutMs = 2000 }: SourceWant): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while ((await this.#level()) < bits) {
      if (this.#closed || !this.#connected || performance.now() >= deadline) {
        throw new KeyStoreError("QKD_KEYSTORE_EXHAUSTED", "no post-quantum key can be made now", {
          retryable: true,
        });
      }
      void this.#fill(bits);
      await sleep(5);
    }
  }

  /** Handles a message; false when the kind is not one of its own. Rejects with PeerError for a bad message. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    const { site } = this.#options;
    if (peerOwnerOf(kind) !== "pqc") return false;
    if (kind === pqcWant.kind && site === "alice") this.#onWant(body);
    else if (kind === pqcOffer.kind && site === "bob") await this.#onOffer(body);
    else if (kind === pqcAnswer.kind && site === "alice") await this.#onAnswer(body);
    else if (kind === pqcConfirm.kind && site === "bob") await this.#onConfirm(body);
    else if (kind === pqcRefuse.kind && site === "alice") this.#onRefuse(body);
    else throw lied("a message that is not for this site");
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#endRound();
  }

  async #level(): Promise<number> {
    return (await this.#options.pool.status("pqc")).availableBits;
  }

  /** As many blocks wait for the other site as may. */
  async #waits(): Promise<boolean> {
    const pending = await this.#options.pool.pending();
    return pending.filter(({ origin }) => origin === "pqc").length >= MOST_PENDING;
  }

  /** Makes or asks for blocks until the level is reached; one such run at a time. */
  #fill(atLeastBits = 0): Promise<void> {
    this.#filling ??= this.#fillUp(atLeastBits)
      .catch(() => undefined)
      .finally(() => {
        this.#filling = null;
      });
    return this.#filling;
  }

  async #fillUp(atLeastBits: number): Promise<void> {
    const ready = this.#engaged || (this.#options.keepReady ?? true);
    const target = Math.max(atLeastBits, ready ? this.#targetBits : 0);
    while (this.#connected && !this.#closed) {
      if (await this.#waits()) return;
      const { availableBits, lackBits } = await this.#options.pool.status("pqc");
      // What the pool does not want would be made in vain.
      const missing = Math.min(target - availableBits, lackBits);
      if (this.#options.site === "bob") {
        if (missing > 0) await this.#ask(missing);
        return;
      }
      if (missing <= 0 && this.#wanted === 0) return;
      if (!(await this.#runRound())) return;
    }
  }

  async #ask(missingBits: number): Promise<void> {
    const blocks = Math.ceil(missingBits / (MAX_PQC_BLOCK_BYTES * 4));
    const nextSequence = (await this.#options.pool.highestSequence("pqc")) + 1;
    await this.#options.send(pqcWant, { blocks: Math.min(blocks, MOST_WANTED_BLOCKS), nextSequence });
  }

  #onWant(body: Uint8Array): void {
    const { blocks, nextSequence } = pqcWant.decode(body);
    this.#wanted = Math.min(blocks, MOST_WANTED_BLOCKS);
    this.#nextSequence = Math.max(this.#nextSequence, nextSequence);
    void this.#fill();
  }

  /** Alice: one block; false when it failed. */
  async #runRound(): Promise<boolean> {
    const highest = await this.#options.pool.highestSequence("pqc");
    // A number that only a liar can be at would, once stored, leave none for later blocks.
    if (this.#nextSequence > highest + MOST_SKIPPED) this.#nextSequence = 0;
    this.#nextSequence = Math.max(this.#nextSequence, highest + 1);
    const { privateKey, publicKey } = newKemPair(this.#kem);
    const offer: PqcOffer = {
      blockId: randomBytes(16).toString("hex"),
      sequence: this.#nextSequence,
      createdAtMs: this.#now(),
      blockBytes: MAX_PQC_BLOCK_BYTES,
      kem: this.#kem,
      publicKey,
    };
    const made = this.#beginRound({ offer, privateKey });
    await this.#options.send(pqcOffer, offer).catch(() => this.#endRound());
    if (!(await made)) return false;
    this.#wanted = Math.max(0, this.#wanted - 1);
    return this.#released(offer.blockId);
  }

  /** Waits until the block is released, so that the level counts it; false where it is not, or was destroyed. */
  async #released(blockId: string): Promise<boolean> {
    const deadline = performance.now() + ROUND_TIMEOUT_MS;
    while ((await this.#options.pool.blockState(blockId)) === "pending") {
      if (this.#closed || !this.#connected || performance.now() >= deadline) return false;
      await sleep(2);
    }
    return true;
  }

  #beginRound(round: Omit<Round, "done">): Promise<boolean> {
    this.#endRound();
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        if (this.#round?.done === done) this.#endRound();
      }, ROUND_TIMEOUT_MS);
      late.unref();
      const done = (made: boolean): void => {
        clearTimeout(late);
        resolve(made);
      };
      this.#round = { ...round, done };
    });
  }

  /** From its right proof on a round belongs to its store: nothing else may end it, which would wipe the key in hand. */
  async #settle(round: Round, keys: PqcKeys): Promise<boolean> {
    this.#round = null;
    let stored = false;
    try {
      stored = await this.#store(round.offer, keys);
      return stored;
    } finally {
      round.done(stored);
    }
  }

  /** Gives a round up. */
  #endRound(): void {
    const round = this.#round;
    this.#round = null;
    round?.keys?.block.fill(0);
    round?.done(false);
  }

  /** One offer at a time: a peer that floods must not fill the store's queue. */
  async #onOffer(body: Uint8Array): Promise<void> {
    const offer = pqcOffer.decode(body);
    if (this.#answering)
      throw new PeerError(
        "QKD_PEER_PROTOCOL",
        "post-quantum key making: the peer offers a round while this site answers its last offer",
        { retryable: true },
      );
    this.#answering = true;
    try {
      await this.#answer(offer);
    } finally {
      this.#answering = false;
    }
  }

  async #answer(offer: PqcOffer): Promise<void> {
    const { pool, send, link } = this.#options;
    if (await this.#waits())
      throw new PeerError(
        "QKD_PEER_PROTOCOL",
        "post-quantum key making: the peer offers more blocks and confirms none",
        { retryable: true },
      );
    const nextSequence = (await pool.highestSequence("pqc")) + 1;
    if (offer.blockBytes < MIN_BLOCK_BYTES || offer.blockBytes > MAX_PQC_BLOCK_BYTES)
      throw lied("an offer outside the limits");
    if (offer.kem !== this.#kem) throw lied("an offer of another algorithm than it had said");
    if (offer.sequence >= nextSequence + MOST_SKIPPED) throw lied("a block number that no block can have");
    if (offer.sequence < nextSequence) {
      await send(pqcRefuse, { blockId: offer.blockId, nextSequence });
      return;
    }
    const { ciphertext, keys } = answerOffer(link, offer);
    void this.#beginRound({ offer, keys });
    await send(pqcAnswer, { blockId: offer.blockId, ciphertext, mac: keys.bobProof });
  }

  async #onAnswer(body: Uint8Array): Promise<void> {
    const { blockId, ciphertext, mac } = pqcAnswer.decode(body);
    const round = this.#round;
    // A late answer to a round that was given up.
    if (round?.privateKey === undefined || round.offer.blockId !== blockId) return;
    const keys = openAnswer(this.#options.link, round.offer, round.privateKey, ciphertext);
    if (!proofHolds(keys.bobProof, mac)) {
      keys.block.fill(0);
      this.#endRound();
      throw lied("a proof that does not fit");
    }
    if (await this.#settle(round, keys))
      await this.#options.send(pqcConfirm, { blockId, mac: keys.aliceProof });
  }

  async #onConfirm(body: Uint8Array): Promise<void> {
    const { blockId, mac } = pqcConfirm.decode(body);
    const round = this.#round;
    if (round?.keys === undefined || round.offer.blockId !== blockId) return;
    if (!proofHolds(round.keys.aliceProof, mac)) {
      this.#endRound();
      throw lied("a proof that does not fit");
    }
    await this.#settle(round, round.keys);
  }

  #onRefuse(body: Uint8Array): void {
    const { blockId, nextSequence } = pqcRefuse.decode(body);
    if (this.#round?.offer.blockId !== blockId) return;
    this.#nextSequence = Math.max(this.#nextSequence, nextSequence);
    this.#endRound();
  }

  async #store({ blockId, sequence, createdAtMs }: PqcOffer, keys: PqcKeys): Promise<boolean> {
    const block: NewBlock = {
      blockId,
      sequence,
      createdAtMs,
      origin: "pqc",
      epsilon: NO_EPSILON,
      key: new SecretBytes(keys.block),
    };
    try {
      const stored = await this.#options.offer(block);
      if (stored) this.#made += 1;
      return stored;
    } catch (error) {
      // A full disk or pool: no key now, and nothing that the other site did wrong.
      if (error instanceof KeyStoreError) return false;
      throw error;
    } finally {
      block.key.wipe();
    }
  }
}

function lied(what: string): PeerError {
  return new PeerError("QKD_PEER_LIED", `post-quantum key making: the peer sent ${what}`);
}
