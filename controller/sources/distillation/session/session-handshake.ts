import { createHash, timingSafeEqual } from "node:crypto";
import { DeviceError, DistillationError, PeerError } from "../../../../errors/index.ts";
import type { distillationHello, PeerValueOf } from "../../../../protocol/index.ts";
import { sameBytes } from "../memory/same-bytes.ts";

type HelloMessage = PeerValueOf<typeof distillationHello>;

/** Bytes of a session nonce. */
export const NONCE_BYTES = 16;

/** What a hello changes: nothing, the end of the former session, or a session that stands. An answer is said by `hello`. */
export interface HelloEffect {
  /** The peer began anew: everything under way is lost. */
  readonly reset: boolean;
  readonly answer: boolean;
  readonly established: boolean;
  /** The peer knows another session than this side: begin anew. */
  readonly confused: boolean;
}

/** Highest block number that a store and its key IDs can hold. */
const LAST_SEQUENCE = 2 ** 32 - 1;

const NOTHING: HelloEffect = { reset: false, answer: false, established: false, confused: false };

/**
 * Agreement on a session: each side names a fresh nonce and echoes the other's; the session stands when one's own nonce
 * comes back. Either side may begin anew at any time. Settings and roles are compared first.
 */
export class SessionHandshake {
  readonly #role: "alice" | "bob";
  readonly #digest: Uint8Array;
  #own: Uint8Array | null = null;
  #peer: Uint8Array | null = null;
  #proposal = 0;
  #sequence = 0;
  established = false;

  constructor(role: "alice" | "bob", settingsDigest: Uint8Array) {
    this.#role = role;
    this.#digest = settingsDigest;
  }

  /** First block of the session: the larger of both proposals. */
  get firstSequence(): number {
    return this.#sequence;
  }

  /** Names the session in every transcript. */
  get sessionId(): Uint8Array {
    const [alice, bob] = this.#role === "alice" ? [this.#own, this.#peer] : [this.#peer, this.#own];
    return new Uint8Array(
      createHash("sha256")
        .update(alice ?? "")
        .update(bob ?? "")
        .digest(),
    );
  }

  begin(nonce: Uint8Array, nextSequence: number): void {
    this.established = false;
    this.#own = nonce;
    this.#proposal = nextSequence;
    this.#sequence = nextSequence;
  }

  end(): void {
    this.established = false;
    this.#own = null;
    this.#peer = null;
  }

  /** Whether this is the session that the peer named last. */
  knows(nonce: Uint8Array): boolean {
    return this.#peer !== null && sameBytes(this.#peer, nonce);
  }

  /** `mostSequence`: the highest block number that is accepted of the peer. */
  receive(hello: HelloMessage, nextSequence: number, mostSequence: number): HelloEffect {
    if (hello.role === this.#role)
      throw new DeviceError("QKD_DEVICE_ROLE", `both sites want to be ${this.#role}`);
    if (!timingSafeEqual(hello.settingsDigest, this.#digest))
      throw new DistillationError(
        "QKD_DISTILLATION_SETTINGS",
        "the two sites have different distillation settings",
      );
    if (hello.nextSequence > Math.min(LAST_SEQUENCE, mostSequence))
      throw new PeerError("QKD_PEER_LIED", "the peer proposes a block number far beyond this site's", {
        context: { nextSequence: hello.nextSequence, mostSequence },
      });
    if (this.#own === null) return NOTHING;
    const fresh = !this.knows(hello.nonce);
    const wasEstablished = this.established;
    if (fresh) {
      this.#peer = hello.nonce;
      this.established = false;
      this.#proposal = nextSequence;
      this.#sequence = nextSequence;
    }
    const known = sameBytes(hello.echo, this.#own);
    if (!fresh && !known && wasEstablished) return { ...NOTHING, confused: true };
    if (known && !this.established) {
      this.#sequence = Math.max(nextSequence, hello.nextSequence);
      this.established = true;
    }
    const established = this.established && (fresh || !wasEstablished);
    return { reset: fresh && wasEstablished, answer: fresh, established, confused: false };
  }

  /** What this side says of the session, with the ids of the blocks that it can bring to their end. */
  hello(closing: readonly string[]): HelloMessage {
    return {
      role: this.#role,
      settingsDigest: this.#digest,
      nonce: this.#own ?? new Uint8Array(NONCE_BYTES),
      echo: this.#peer ?? new Uint8Array(NONCE_BYTES),
      nextSequence: this.#proposal,
      closing: closing.map((blockId) => ({ blockId })),
    };
  }
}
