import { PeerError } from "../../../../errors/index.ts";
import { decodeSift, type SiftMessage } from "../messages/index.ts";

/** Sifting messages that Bob may have unanswered. */
export const MAX_OPEN_SIFTS = 8;

/** A sifting message of Bob's and the body it came in, which goes into the transcript. */
export interface OpenSift {
  readonly message: SiftMessage;
  readonly body: Uint8Array;
}

/**
 * Bob's sifting messages that wait for Alice's frames: in rising order, each once, bounded. A body is the caller's and
 * ends with the step in which it came; what waits longer is kept in buffers of this inbox, used again.
 */
export class SiftInbox {
  #waiting: OpenSift[] = [];
  #kept = 0;
  #lastId = -1;
  readonly #spare: Uint8Array[] = [];

  get first(): OpenSift | undefined {
    return this.#waiting[0];
  }

  /** @throws PeerError QKD_PEER_PROTOCOL for a frame out of order, twice, or too far ahead. */
  add(body: Uint8Array): void {
    const message = decodeSift(body);
    if (message.frameId <= this.#lastId || this.#waiting.length >= MAX_OPEN_SIFTS)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer sifts a frame twice, out of order or too early", {
        context: { frameId: message.frameId, last: this.#lastId },
      });
    this.#lastId = message.frameId;
    this.#waiting.push({ message, body });
  }

  /** The first is answered. */
  shift(): void {
    const sift = this.#waiting.shift();
    if (sift === undefined || this.#kept === 0) return;
    this.#kept -= 1;
    this.#recycle(sift.body);
  }

  /** Call at the end of a step: what still waits outlives it. */
  keep(): void {
    for (; this.#kept < this.#waiting.length; this.#kept++) {
      const { body } = this.#waiting[this.#kept]!;
      const copy = this.#copy(body);
      this.#waiting[this.#kept] = { message: decodeSift(copy), body: copy };
    }
  }

  /** The session is over. */
  clear(): void {
    for (const { body } of this.#waiting.splice(0).slice(0, this.#kept)) this.#recycle(body);
    this.#kept = 0;
    this.#lastId = -1;
  }

  #copy(body: Uint8Array): Uint8Array {
    const index = this.#spare.findIndex(({ buffer }) => buffer.byteLength >= body.length);
    const [spare = new Uint8Array(body.length)] = index < 0 ? [] : this.#spare.splice(index, 1);
    const copy = new Uint8Array(spare.buffer, 0, body.length);
    copy.set(body);
    return copy;
  }

  #recycle(copy: Uint8Array): void {
    this.#spare.push(copy);
    if (this.#spare.length > MAX_OPEN_SIFTS) this.#spare.shift();
  }
}
