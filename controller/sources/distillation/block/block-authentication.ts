import { timingSafeEqual } from "node:crypto";
import type { HashKernel } from "../../../../kernels/index.ts";
import type { Pad } from "./pad.ts";
import { Transcript } from "./transcript.ts";

/** Bytes of authentication material that one direction of one block takes: a hash key and a pad for its tag. */
export function authMaterialBytes(hash: HashKernel): number {
  return hash.keyBytes + hash.tagBytes;
}

/** What the hashed header of a transcript binds beside its direction. */
export interface TranscriptContext {
  readonly sessionId: Uint8Array;
  readonly settingsDigest: Uint8Array;
  readonly sequence: number;
}

/**
 * Wegman-Carter authentication of one direction of one block: tag = H_k(transcript) xor pad, with a hash key used for
 * this block alone and a pad used once. One transcript a direction holds everything that the side said about the block,
 * in the order in which it was said, and with each message how much of the other side it had heard.
 */
export class DirectionAuthentication {
  readonly #hash: HashKernel;
  readonly #pad: Pad;
  readonly #transcript: Transcript;
  #ended = false;
  #made: Uint8Array | null = null;

  constructor(hash: HashKernel, pad: Pad, direction: "alice" | "bob", context: TranscriptContext) {
    this.#hash = hash;
    this.#pad = pad;
    this.#transcript = new Transcript(
      hash,
      pad.material.subarray(0, hash.keyBytes),
      header(direction, context),
    );
  }

  /** Where the pad lay in its sender's reserve. */
  get padOffset(): number {
    return this.#pad.offset;
  }

  add(kind: number, parts: readonly Uint8Array[]): void {
    this.#transcript.add(kind, parts);
  }

  /** Probability that a forged or altered transcript is taken for the true one, at most. */
  get forgeryBound(): number {
    return this.#hash.collisionBound(this.#transcript.bytes);
  }

  /** Whether nothing was made of the pad yet, so that it can still guard this transcript. */
  get open(): boolean {
    return !this.#ended;
  }

  /** Ends the transcript and wipes the material; the tag is the same each time. */
  tag(): Uint8Array {
    if (this.#made !== null) return this.#made;
    this.#ended = true;
    const { keyBytes, tagBytes } = this.#hash;
    const digest = this.#transcript.digest();
    const tag = Uint8Array.from(
      { length: tagBytes },
      (_, i) => (digest[i] ?? 0) ^ (this.#pad.material[keyBytes + i] ?? 0),
    );
    this.#pad.material.fill(0);
    this.#made = tag;
    return tag;
  }

  /**
   * Ends the transcript of a block that was lost. The pad, where no tag was made of it: nothing under it was ever sent or
   * compared, so that it guards another block as well as this one. Null where it is spent.
   */
  giveBack(): Pad | null {
    if (this.#ended) return null;
    this.#ended = true;
    this.#transcript.digest().fill(0);
    return this.#pad;
  }

  /** Whether the tag is that of this transcript; compares in constant time. */
  verify(tag: Uint8Array): boolean {
    const own = this.tag();
    return tag.length === own.length && timingSafeEqual(tag, own);
  }
}

function header(direction: string, { sequence, sessionId, settingsDigest }: TranscriptContext): Uint8Array {
  const label = new TextEncoder().encode(`qkdlink transcript 2|${direction}|${sequence}|`);
  const bytes = new Uint8Array(label.length + sessionId.length + settingsDigest.length);
  bytes.set(label);
  bytes.set(sessionId, label.length);
  bytes.set(settingsDigest, label.length + sessionId.length);
  return bytes;
}
