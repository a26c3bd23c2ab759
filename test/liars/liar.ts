import type { PeerMessage as Said } from "../../controller/index.ts";
import type { PeerMessage } from "../../protocol/index.ts";
import { type Deviation, unchanged } from "./deviation.ts";
import type { Side } from "./memory-connection.ts";
import type { VirtualLink } from "./virtual-link.ts";

/** Makes one side of a link deviate with one kind of message, from `lie` to `behave`. */
export class Liar {
  /** How often it deviated. */
  lies = 0;
  readonly #link: VirtualLink;
  readonly #side: Side;
  readonly #message: PeerMessage<unknown>;
  readonly #deviation: Deviation;
  #before: Uint8Array | null = null;
  #late: { readonly said: Said; messages: number } | null = null;

  constructor(link: VirtualLink, side: Side, message: PeerMessage<unknown>, deviation: Deviation) {
    this.#link = link;
    this.#side = side;
    this.#message = message;
    this.#deviation = deviation;
    // From the beginning: what was said of before is part of some lies.
    link.connection.intercept.set(side, (said) => this.#remember(said));
  }

  lie(): void {
    const { connection } = this.#link;
    connection.intercept.set(this.#side, (said) => this.#say(said));
    const { uninvited, written } = this.#deviation;
    if (uninvited !== undefined) {
      this.lies += 1;
      const { kind } = this.#message;
      connection.enqueue(
        this.#side,
        uninvited().map((body) => ({ kind, body })),
      );
    }
    if (written !== undefined) this.#writeOtherwise(written);
  }

  behave(): void {
    const { connection } = this.#link;
    connection.intercept.delete(this.#side);
    this.#link[this.#side].around = (step) => step();
    this.#release();
  }

  #remember(said: Said): readonly Said[] {
    if (said.kind === this.#message.kind) this.#before = said.body;
    return [said];
  }

  #say(said: Said): readonly Said[] {
    const late = this.#late;
    if (late !== null && --late.messages <= 0) {
      this.#late = null;
      return [...this.#told(said), late.said];
    }
    return this.#told(said);
  }

  #told(said: Said): readonly Said[] {
    const { kind, body } = said;
    const { told, always } = this.#deviation;
    if (kind !== this.#message.kind || told === undefined || (this.lies > 0 && always !== true))
      return this.#remember(said);
    const instead = told(body, { before: this.#before });
    this.#before = body;
    if (instead === null || unchanged(instead, body)) return [said];
    this.lies += 1;
    if (instead.late !== undefined) {
      this.#late = { said: { kind, body: instead.late.body }, messages: instead.late.messages };
    }
    return instead.now.map((one) => ({ kind, body: one }));
  }

  /** Changes a value while the liar's engine writes it, so that its own transcript and tag cover the lie. */
  #writeOtherwise(change: (value: unknown) => unknown): void {
    const message = this.#message as { encode: PeerMessage<unknown>["encode"] };
    this.#link[this.#side].around = (step) => {
      const honest = message.encode;
      message.encode = (value) => {
        if (this.lies > 0) return honest.call(this.#message, value);
        try {
          const parts = honest.call(this.#message, change(value));
          this.lies += 1;
          return parts;
        } catch {
          return honest.call(this.#message, value);
        }
      };
      try {
        return step();
      } finally {
        message.encode = honest;
      }
    };
  }

  /** What was to come late and found no later message. */
  #release(): void {
    if (this.#late !== null) this.#link.connection.enqueue(this.#side, [this.#late.said]);
    this.#late = null;
  }
}
