import { PeerError } from "../../../errors/index.ts";
import {
  type AuthRecovery,
  type PeerValueOf,
  peerOwnerOf,
  reserveAnswer,
  reserveConfirm,
  reserveHeld,
  reserveOffer,
  reserveQuery,
  reserveSeen,
  reserveUnsure,
  reserveWant,
  SecretBytes,
} from "../../../protocol/index.ts";
import type { SendMessage } from "../../peer/send-message.ts";
import type { AuthReserve, SiteRole } from "../../pool/key-pool.ts";
import type { BlockSource, SourceHoldings } from "../block-source.ts";
import { proofHolds } from "../key-exchange-parts.ts";
import {
  answerOffer,
  newOffer,
  offerHolds,
  openAnswer,
  type RecoveredPads,
  type RecoveryKeys,
  type RecoveryLink,
} from "./recovery-exchange.ts";

/** What recovery needs of its site. */
export interface ReserveRecoveryOptions {
  readonly site: SiteRole;
  readonly link: RecoveryLink;
  readonly auth: AuthReserve;
  readonly send: SendMessage;
  readonly policy: AuthRecovery;
  /** Nothing is to be hoped for from the other site's word on how far own pads are used. */
  readonly ready: () => Promise<boolean>;
  /** Pads came by a key exchange: from now on the class of the reserve is computational. */
  readonly recovered: (number: number) => void;
  /** The reserve is used up and nothing but a fresh secret helps. */
  readonly failed: (error: PeerError) => void;
  readonly checkEveryMs?: number;
}

type Offer = PeerValueOf<typeof reserveOffer>;

/** Alice's round under way. */
interface OwnRound {
  readonly offer: Offer;
  readonly keys: RecoveryKeys;
  readonly begunAtMs: number;
}

/** Bob's round under way. */
interface PeerRound {
  readonly number: number;
  readonly place: number;
  readonly pads: RecoveredPads;
}

/** Below so many bytes a direction counts as used up: hash key and pad of one block need 32. */
const USED_UP_BYTES = 32;
/** Messages of the same owner about pads that are held back. */
const WITNESS_KINDS: readonly number[] = [reserveUnsure.kind, reserveSeen.kind];
const ROUND_MS = 3000;
/** Bytes by which the other site's reserve may be ahead: 65,536 blocks. */
const LEAD_BYTES = 2 ** 36;

/**
 * Refills an authentication reserve that is used up, where both sites' policy is computational: ML-KEM-1024 and X25519,
 * salted with the link key, proved in both directions by HMAC. Alice opens rounds, one at a time, each under a number
 * that is used up on disk before anything is said. She keeps what a round brought without using it until Bob says that he
 * holds it; after a connection that ended in between she asks. No block comes of this: it feeds the reserve.
 */
export class ReserveRecovery implements BlockSource {
  readonly kind = "exchanged";
  readonly origin = null;
  readonly #options: ReserveRecoveryOptions;
  readonly #timer: NodeJS.Timeout;
  #connected = false;
  #closed = false;
  #own: OwnRound | null = null;
  #peer: PeerRound | null = null;
  /** Bob asked for a round. */
  #wanted = false;
  /** Lowest number that is free at Bob, as he last said. */
  #next = 1;
  #queue: Promise<void> = Promise.resolve();
  #checking = false;
  #told = false;

  constructor(options: ReserveRecoveryOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.check(), options.checkEveryMs ?? 1000);
    this.#timer.unref();
  }

  connected(epoch: number | null): void {
    this.#connected = epoch !== null;
    this.#endRounds();
    this.#wanted = false;
    this.#next = 1;
    if (this.#connected) void this.check();
  }

  async holdings(): Promise<SourceHoldings> {
    return { blockIds: [], newest: -1 };
  }

  /** Its rounds begin when the reserve is used up, not on demand. */
  async fill(): Promise<void> {}

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#queue;
    this.#endRounds();
  }

  /** Begins what is due; called in intervals. */
  async check(): Promise<void> {
    if (this.#checking || !this.#connected || this.#closed) return;
    const { policy, site, ready } = this.#options;
    this.#checking = true;
    try {
      await this.#run(async () => {
        // Pads that come back by the other site's word are better than those of an exchange.
        if (!(await ready())) return;
        if (policy === "manual") return this.#checkManual();
        return site === "alice" ? this.#checkAlice() : this.#checkBob();
      });
    } catch {
      // A store or a connection that cannot now: the next check tries again, and others tell what ails them.
    } finally {
      this.#checking = false;
    }
  }

  /** Handles a message; false when the kind is not one of its own. Rejects with PeerError for a bad message. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    if (peerOwnerOf(kind) !== "reserve" || WITNESS_KINDS.includes(kind)) return false;
    if (this.#options.policy !== "computational")
      throw lied("a message of recovery, although authRecovery is manual");
    const work = this.#workOf(kind, body);
    if (work === null) throw lied("a message that is not its to send");
    await this.#run(work);
    return true;
  }

  #workOf(kind: number, body: Uint8Array): (() => Promise<void>) | null {
    if (this.#options.site === "alice") {
      if (kind === reserveWant.kind) return () => this.#onWant(body);
      if (kind === reserveAnswer.kind) return () => this.#onAnswer(body);
      if (kind === reserveHeld.kind) return () => this.#onHeld(body);
      return null;
    }
    if (kind === reserveOffer.kind) return () => this.#onOffer(body);
    if (kind === reserveConfirm.kind) return () => this.#onConfirm(body);
    if (kind === reserveQuery.kind) return () => this.#onQuery(body);
    return null;
  }

  async #usedUp(): Promise<boolean> {
    const { own, peer } = await this.#options.auth.remaining();
    return Math.min(own, peer) < USED_UP_BYTES;
  }

  /** Alice's engine says so when it asks for pads; Bob's asks for none before Alice has some. */
  async #checkManual(): Promise<void> {
    const usedUp = await this.#usedUp();
    if (usedUp && !this.#told && this.#options.site === "bob")
      this.#options.failed(new PeerError("QKD_AUTH_EXHAUSTED", "no authentication key is left"));
    this.#told = usedUp;
  }

  async #checkAlice(): Promise<void> {
    const { auth, send } = this.#options;
    const { waiting } = await auth.recovery();
    if (waiting !== null) return send(reserveQuery, { number: waiting });
    if (this.#own !== null && performance.now() - this.#own.begunAtMs < ROUND_MS) return;
    this.#own = null;
    if (!this.#wanted && !(await this.#usedUp())) return;
    const round = await auth.beginRecovery({ next: this.#next });
    const { offer, keys } = newOffer(this.#options.link, round);
    this.#own = { offer, keys, begunAtMs: performance.now() };
    await send(reserveOffer, offer);
  }

  async #checkBob(): Promise<void> {
    const { auth, send } = this.#options;
    if (this.#peer === null && (await this.#usedUp()))
      await send(reserveWant, { next: (await auth.recovery()).next });
  }

  /** What Bob asks for is checked here as well: a round takes place while a direction is low at one of the sites. */
  async #onWant(body: Uint8Array): Promise<void> {
    const { next } = reserveWant.decode(body);
    this.#next = Math.max(this.#next, next);
    if ((await this.#options.auth.level()) !== "low") throw lied("a wish for pads while the reserve is full");
    this.#wanted = true;
    void this.check();
  }

  async #onOffer(body: Uint8Array): Promise<void> {
    const offer = reserveOffer.decode(body);
    const { auth, link, send, ready } = this.#options;
    if (!offerHolds(link, offer)) throw lied("an offer whose proof does not fit");
    if (!(await ready())) return;
    if ((await auth.level()) !== "low") throw lied("an offer of pads while the reserve is full");
    this.#endRounds();
    const { next } = await auth.recovery();
    if (offer.number < next) {
      await send(reserveHeld, { number: offer.number, held: false, next });
      return;
    }
    const own = await auth.beginRecovery({ exactly: offer.number });
    const place = Math.max(own.place, offer.place);
    if (place - own.place > LEAD_BYTES) throw lied("a place that no reserve can have");
    const { answer, pads } = answerOffer(link, offer, place);
    this.#peer = { number: offer.number, place, pads };
    await send(reserveAnswer, answer);
  }

  async #onAnswer(body: Uint8Array): Promise<void> {
    const answer = reserveAnswer.decode(body);
    const { auth, link, send } = this.#options;
    const round = this.#own;
    // A late answer to a round that was given up.
    if (round === null || round.offer.number !== answer.number) return;
    this.#own = null;
    const behind = answer.place - round.offer.place;
    if (behind < 0 || behind > LEAD_BYTES) throw lied("a place that no reserve can have");
    const pads = openAnswer(link, round.offer, round.keys, answer);
    try {
      if (!proofHolds(pads.bobProof, answer.mac)) throw lied("a proof that does not fit");
      const { number, place } = answer;
      await auth.keepRecovery({ number, place }, new SecretBytes(pads.material), true);
    } finally {
      pads.material.fill(0);
    }
    await send(reserveConfirm, { number: answer.number, mac: pads.aliceProof });
  }

  async #onConfirm(body: Uint8Array): Promise<void> {
    const { number, mac } = reserveConfirm.decode(body);
    const { auth, send, recovered } = this.#options;
    const round = this.#peer;
    if (round === null || round.number !== number) return;
    this.#peer = null;
    const { pads, place } = round;
    try {
      if (!proofHolds(pads.aliceProof, mac)) throw lied("a proof that does not fit");
      await auth.keepRecovery({ number, place }, new SecretBytes(pads.material), false);
    } finally {
      pads.material.fill(0);
    }
    recovered(number);
    await send(reserveHeld, { number, held: true, next: (await auth.recovery()).next });
  }

  async #onQuery(body: Uint8Array): Promise<void> {
    const { number } = reserveQuery.decode(body);
    // From the answer "not held" on he must never hold it.
    if (this.#peer?.number === number) this.#endRounds();
    const { held, next } = await this.#options.auth.recovery();
    await this.#options.send(reserveHeld, { number, held: held.includes(number), next });
  }

  async #onHeld(body: Uint8Array): Promise<void> {
    const { number, held, next } = reserveHeld.decode(body);
    const { auth, recovered } = this.#options;
    this.#next = Math.max(this.#next, next);
    if (!held && this.#own?.offer.number === number) this.#own = null;
    const { waiting } = await auth.recovery();
    if (waiting !== number) return;
    await auth.settleRecovery(number, held);
    if (!held) return;
    this.#wanted = false;
    recovered(number);
  }

  #endRounds(): void {
    this.#own = null;
    this.#peer?.pads.material.fill(0);
    this.#peer = null;
  }

  /** One piece of work after the other. */
  #run(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

function lied(what: string): PeerError {
  return new PeerError("QKD_PEER_LIED", `recovery of the reserve: the peer sent ${what}`);
}
