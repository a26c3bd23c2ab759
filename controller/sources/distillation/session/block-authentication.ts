import { timingSafeEqual } from "node:crypto";
import type { HashKernel } from "../../../../kernels/index.ts";
import { KIND } from "../messages/index.ts";
import { Transcript } from "./transcript.ts";

/** Bytes of authentication material that one direction of one block takes: a hash key and a pad for each of two tags. */
export function authMaterialBytes(hash: HashKernel): number {
  return hash.keyBytes + 2 * hash.tagBytes;
}

/** What the hashed header of a transcript binds beside its direction and stream. */
export interface TranscriptContext {
  readonly sessionId: Uint8Array;
  readonly settingsDigest: Uint8Array;
  readonly sequence: number;
}

/**
 * Wegman-Carter authentication of one direction of one block: tag = H_k(transcript) xor pad, with a hash key used for
 * this block alone and a pad used once.
 *
 * There are two transcripts under the one hash key, each with its own pad: sifting messages, and all others. Bob sends
 * the sifting of coming frames while the former block is still under way, and only Alice's reply tells which block a
 * frame joins; so the two sites see the same order inside each stream but not between them.
 */
export class DirectionAuthentication {
  readonly #hash: HashKernel;
  readonly #material: Uint8Array;
  readonly #sifting: Transcript;
  readonly #other: Transcript;
  #ended = false;

  constructor(
    hash: HashKernel,
    material: Uint8Array,
    direction: "alice" | "bob",
    context: TranscriptContext,
  ) {
    this.#hash = hash;
    this.#material = material;
    const key = material.subarray(0, hash.keyBytes);
    this.#sifting = new Transcript(hash, key, header(direction, "sifting", context));
    this.#other = new Transcript(hash, key, header(direction, "other", context));
  }

  add(kind: number, parts: readonly Uint8Array[]): void {
    const sifting = kind === KIND.sift || kind === KIND.siftReply || kind === KIND.skip;
    (sifting ? this.#sifting : this.#other).add(kind, parts);
  }

  /** Probability that a forged or altered transcript is taken for the true one, at most. */
  get forgeryBound(): number {
    return this.#hash.collisionBound(this.#sifting.bytes) + this.#hash.collisionBound(this.#other.bytes);
  }

  /** Both tags, one behind the other. Ends the transcripts and wipes the material. */
  tags(): Uint8Array {
    this.#ended = true;
    const { keyBytes, tagBytes } = this.#hash;
    const tags = new Uint8Array(2 * tagBytes);
    for (const [index, transcript] of [this.#sifting, this.#other].entries()) {
      const digest = transcript.digest();
      for (let i = 0; i < tagBytes; i++)
        tags[index * tagBytes + i] =
          (digest[i] ?? 0) ^ (this.#material[keyBytes + index * tagBytes + i] ?? 0);
    }
    this.#material.fill(0);
    return tags;
  }

  /** Wipes hash key and pads of a block that was lost; they are never used again. */
  discard(): void {
    if (!this.#ended) this.tags().fill(0);
  }

  /** Whether the tags are those of this transcript; compares in constant time. */
  verify(tags: Uint8Array): boolean {
    const own = this.tags();
    return tags.length === own.length && timingSafeEqual(tags, own);
  }
}

function header(direction: string, stream: string, context: TranscriptContext): Uint8Array {
  const label = new TextEncoder().encode(`qkdlink transcript 1|${direction}|${stream}|${context.sequence}|`);
  const bytes = new Uint8Array(label.length + context.sessionId.length + context.settingsDigest.length);
  bytes.set(label);
  bytes.set(context.sessionId, label.length);
  bytes.set(context.settingsDigest, label.length + context.sessionId.length);
  return bytes;
}
