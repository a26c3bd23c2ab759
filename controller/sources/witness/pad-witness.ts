import { randomBytes } from "node:crypto";
import { PeerError } from "../../../errors/index.ts";
import { reserveSeen, reserveUnsure } from "../../../protocol/index.ts";
import type { SendMessage } from "../../peer/send-message.ts";
import type { AuthReserve, SiteRole } from "../../pool/key-pool.ts";
import type { BlockSource, SourceHoldings } from "../block-source.ts";
import type { RecoveryLink } from "../recovery/recovery-exchange.ts";
import { padWord, wordHolds } from "./pad-word.ts";

/** What the witness needs of its site. */
export interface PadWitnessOptions {
  readonly site: SiteRole;
  readonly link: RecoveryLink;
  readonly auth: AuthReserve;
  readonly send: SendMessage;
  /** Own pads were held back, and are given again from there on. */
  readonly resumed: (offset: number) => void;
  readonly checkEveryMs?: number;
}

const NONCE_BYTES = 16;

/**
 * Brings own pads back that are held back because nothing tells how far they are used: the other site, which reads the
 * place of every pad before a tag is made with it, says how far it has seen them used (SPEC-PEER 7.4). A site that is
 * itself unsure is no witness. No block comes of this.
 */
export class PadWitness implements BlockSource {
  readonly kind = "exchanged";
  readonly origin = null;
  readonly #options: PadWitnessOptions;
  readonly #timer: NodeJS.Timeout;
  /** Of the connection that stands; null while none does. */
  #nonce: Uint8Array | null = null;
  /** The other site has said on this connection that it is unsure, too. */
  #peerUnsure = false;
  #answering = false;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: PadWitnessOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.check(), options.checkEveryMs ?? 1000);
    this.#timer.unref();
  }

  connected(epoch: number | null): void {
    this.#nonce = epoch === null ? null : randomBytes(NONCE_BYTES);
    this.#peerUnsure = false;
    void this.check();
  }

  async holdings(): Promise<SourceHoldings> {
    return { blockIds: [], newest: -1 };
  }

  /** It gives no key. */
  async fill(): Promise<void> {}

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#nonce = null;
    await this.#queue;
  }

  /** Whether own pads are given, or the other site cannot tell how far they are used. Rejects with KeyStoreError. */
  async settled(): Promise<boolean> {
    return this.#peerUnsure || !(await this.#options.auth.witness()).heldBack;
  }

  /** Asks where that is due; called in intervals. */
  async check(): Promise<void> {
    try {
      const nonce = this.#nonce;
      if (nonce === null || (await this.settled()) || nonce !== this.#nonce) return;
      await this.#options.send(reserveUnsure, { nonce });
    } catch {
      // A store or a connection that cannot now: the next check tries again, and others tell what ails them.
    }
  }

  /** Handles a message; false when the kind is not one of its own. Rejects with PeerError for a bad message. */
  async receive(kind: number, body: Uint8Array): Promise<boolean> {
    if (kind === reserveUnsure.kind) await this.#answer(reserveUnsure.decode(body).nonce);
    else if (kind === reserveSeen.kind) await this.#run(() => this.#hear(body));
    else return false;
    return true;
  }

  /** One question at a time: who asks again has not read the answer yet. */
  async #answer(nonce: Uint8Array): Promise<void> {
    if (this.#answering) return;
    this.#answering = true;
    try {
      const { site, link, auth, send } = this.#options;
      const { heldBack, seen, used } = await auth.witness();
      const told = heldBack ? { nonce, sure: false, seen: 0, used: 0 } : { nonce, sure: true, seen, used };
      await send(reserveSeen, padWord(link, site, told));
    } finally {
      this.#answering = false;
    }
  }

  async #hear(body: Uint8Array): Promise<void> {
    const word = reserveSeen.decode(body);
    const { site, link, auth, resumed } = this.#options;
    const asked = this.#nonce !== null && Buffer.from(this.#nonce).equals(word.nonce);
    if (!asked || !(await auth.witness()).heldBack) return;
    if (!wordHolds(link, site === "alice" ? "bob" : "alice", word))
      throw new PeerError("QKD_PEER_LIED", "the peer's word on how far pads are used is not its own");
    this.#peerUnsure = !word.sure;
    if (!word.sure) return;
    await auth.resumeFrom(word.seen, word.used);
    resumed((await auth.witness()).used);
  }

  /** One piece of work after the other. */
  #run(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
