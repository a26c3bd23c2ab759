import { PeerError, type QkdError } from "../../../../errors/index.ts";
import type { distillationOffer, PeerValueOf } from "../../../../protocol/index.ts";
import type { AuthRequest } from "../engine-io.ts";

type OfferMessage = PeerValueOf<typeof distillationOffer>;

const RETRY_AFTER_MS = 2000;
const PEER_REFUSALS = 3;

/** Authentication material of both directions for one block. */
export interface BlockMaterial {
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

/** What the supply may do to the world. */
export interface SupplyPort {
  request(request: AuthRequest): void;
  offer(message: OfferMessage): void;
  failed(error: QkdError): void;
}

interface Pending {
  readonly id: number;
  readonly direction: "own" | "peer";
  readonly offset?: number;
}

/**
 * Provides each block with material from the authentication reserve, one block ahead. Alice offers first; Bob answers
 * with his own offer only when he holds the material of both directions, so that a block that Alice opens finds him
 * ready.
 */
export class AuthSupply {
  readonly #role: "alice" | "bob";
  readonly #bytes: number;
  readonly #port: SupplyPort;
  #sequence: number | null = null;
  #own: { readonly offset: number; readonly material: Uint8Array } | null = null;
  #peerOffset: number | null = null;
  #peer: Uint8Array | null = null;
  #pending: Pending[] = [];
  #refused: { readonly pending: Pending; readonly atMs: number }[] = [];
  #peerRefusals = 0;
  #nextId = 1;

  constructor(role: "alice" | "bob", bytes: number, port: SupplyPort) {
    this.#role = role;
    this.#bytes = bytes;
    this.#port = port;
  }

  /** Alice: begins to provide for a block unless that is under way. */
  prepare(sequence: number): void {
    if (this.#sequence !== null) return;
    this.#sequence = sequence;
    this.#ask("own");
  }

  /** The peer's offer for the block `expected`. */
  offered(message: OfferMessage, expected: number): void {
    const awaited = this.#role === "alice" ? this.#sequence : this.#sequence === null ? expected : null;
    if (message.sequence !== awaited || this.#peerOffset !== null)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer offered authentication for an unexpected block", {
        context: { sequence: message.sequence, expected },
      });
    this.#peerOffset = message.offset;
    this.#ask("peer", message.offset);
    if (this.#role === "bob") {
      this.#sequence = message.sequence;
      this.#ask("own");
    }
  }

  material(id: number, offset: number, material: Uint8Array): void {
    const pending = this.#pending.find((request) => request.id === id);
    if (pending === undefined || material.length !== this.#bytes) {
      material.fill(0);
      return;
    }
    this.#pending = this.#pending.filter((request) => request.id !== id);
    if (pending.direction === "own") this.#own = { offset, material };
    else this.#peer = material;
    if (this.#sequence === null || this.#own === null) return;
    const complete = pending.direction === "own" || this.#role === "bob";
    if (complete && (this.#role === "alice" || this.#peer !== null))
      this.#port.offer({ sequence: this.#sequence, offset: this.#own.offset });
  }

  refused(id: number, error: QkdError, nowMs: number): void {
    const pending = this.#pending.find((request) => request.id === id);
    if (pending === undefined) return;
    this.#pending = this.#pending.filter((request) => request.id !== id);
    this.#port.failed(error);
    if (pending.direction === "peer" && ++this.#peerRefusals >= PEER_REFUSALS)
      throw new PeerError(
        "QKD_PEER_PROTOCOL",
        "the peer keeps offering authentication that is not to be had",
        {
          cause: error,
        },
      );
    this.#refused.push({ pending, atMs: nowMs });
  }

  /** Asks again for what the reserve could not give. */
  tick(nowMs: number): void {
    // A clock that was set back tells nothing of the time that passed.
    const due = this.#refused.filter(({ atMs }) => Math.abs(nowMs - atMs) >= RETRY_AFTER_MS);
    if (due.length === 0) return;
    this.#refused = this.#refused.filter((entry) => !due.includes(entry));
    for (const { pending } of due) this.#ask(pending.direction, pending.offset);
  }

  /** Whether both sites hold the material of the block. */
  holds(sequence: number): boolean {
    return this.#sequence === sequence && this.#own !== null && this.#peer !== null;
  }

  /** The material of the block, if both sites hold it; it is handed out once. */
  take(sequence: number): BlockMaterial | null {
    if (this.#sequence !== sequence || this.#own === null || this.#peer === null) return null;
    const material = { own: this.#own.material, peer: this.#peer };
    this.#own = null;
    this.#peer = null;
    this.reset();
    return material;
  }

  /** Forgets everything under way; its material is wasted, never used again. */
  reset(): void {
    this.#own?.material.fill(0);
    this.#peer?.fill(0);
    this.#sequence = null;
    this.#own = null;
    this.#peerOffset = null;
    this.#peer = null;
    this.#pending = [];
    this.#refused = [];
    this.#peerRefusals = 0;
  }

  #ask(direction: "own" | "peer", offset?: number): void {
    const id = this.#nextId++;
    const place = offset === undefined ? {} : { offset };
    this.#pending.push({ id, direction, ...place });
    this.#port.request({ id, direction, bytes: this.#bytes, ...place });
  }
}
