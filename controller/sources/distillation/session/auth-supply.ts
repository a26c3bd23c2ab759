import { PeerError, type QkdError } from "../../../../errors/index.ts";
import type { distillationOffer, distillationRefuse, PeerValueOf } from "../../../../protocol/index.ts";
import type { Pad } from "../block/pad.ts";
import type { AuthRequest } from "../engine-io.ts";
import { PadStock } from "./pad-stock.ts";

type OfferMessage = PeerValueOf<typeof distillationOffer>;
type RefuseMessage = PeerValueOf<typeof distillationRefuse>;

const RETRY_AFTER_MS = 2000;
/** What time and again leaves the sites without a pad in common. */
const OTHER_PADS =
  "the sites hold other pads: one of them has a fresh or an older key store, or lost what blocks had brought; make a new secret (qkdlink secret --out FILE), place it at both sites, and restart both";
/** Refusals in a row, of one's own reserve about the peer's offer or of the peer about fresh pads, that end the session. */
const MOST_REFUSALS = 3;

/** Authentication material of both directions for one block. */
export interface BlockMaterial {
  readonly own: Pad;
  readonly peer: Pad;
}

/** What the supply may do to the world. */
export interface SupplyPort {
  request(request: AuthRequest): void;
  offer(message: OfferMessage): void;
  /** The pad that the peer offered is not to be had here. */
  refuse(message: RefuseMessage): void;
  failed(error: QkdError): void;
  /** Whether this site may take part in another block now. */
  mayOffer(): boolean;
}

interface Pending {
  readonly id: number;
  readonly direction: "own" | "peer";
  readonly offset?: number;
}

/**
 * Provides each block with material from the authentication reserve, one block ahead. Alice offers first; Bob answers
 * with his own offer only when he holds the material of both directions, so that a block that Alice opens finds him
 * ready. What no tag was made of outlives its session and is offered again; where the other site has lost it (it was
 * restarted), it says so and fresh material is taken.
 */
export class AuthSupply {
  readonly #role: "alice" | "bob";
  readonly #bytes: number;
  readonly #port: SupplyPort;
  readonly #ownStock = new PadStock();
  readonly #peerStock = new PadStock();
  #sequence: number | null = null;
  #own: Pad | null = null;
  #ownIsFresh = true;
  #peerOffset: number | null = null;
  #peer: Pad | null = null;
  #pending: Pending[] = [];
  /** Requests of an ended session: what they bring is kept for the next. */
  readonly #strays = new Map<number, "own" | "peer">();
  #refused: { readonly pending: Pending; readonly atMs: number }[] = [];
  #refusals = 0;
  /** Bob holds both, and may not offer yet. */
  #waits = false;
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
    this.#askOwn();
  }

  /** The peer's offer for the block `expected`. */
  offered(message: OfferMessage, expected: number): void {
    const awaited = this.#role === "alice" ? this.#sequence : this.#sequence === null ? expected : null;
    if (message.sequence !== awaited || this.#peerOffset !== null)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer offered authentication for an unexpected block", {
        context: { sequence: message.sequence, expected },
      });
    this.#peerOffset = message.offset;
    this.#sequence = message.sequence;
    const kept = this.#peerStock.at(message.offset);
    if (kept === null) this.#ask("peer", message.offset);
    else this.#peer = kept;
    if (this.#role === "bob") this.#askOwn();
    else this.#offerIfReady("peer");
  }

  /** The peer cannot use the pad that was offered. @throws PeerError QKD_PEER_PROTOCOL for one that was not, or too often. */
  refusedByPeer({ sequence, offset }: RefuseMessage): void {
    if (sequence !== this.#sequence || this.#own?.offset !== offset)
      throw new PeerError("QKD_PEER_PROTOCOL", "the peer refuses authentication that was not offered", {
        context: { sequence },
      });
    this.#own.material.fill(0);
    this.#own = null;
    // A pad of an earlier session: the peer was restarted and has lost them all.
    if (this.#ownIsFresh) this.#countRefusal("the peer keeps refusing authentication");
    else this.#ownStock.wipe();
    if (this.#role === "bob") {
      this.#askOwn();
      return;
    }
    this.#sequence = null;
    this.prepare(sequence);
  }

  material(id: number, offset: number, material: Uint8Array): void {
    const pending = this.#pending.find((request) => request.id === id);
    const stray = this.#strays.get(id);
    this.#strays.delete(id);
    if ((pending === undefined && stray === undefined) || material.length !== this.#bytes) {
      material.fill(0);
      return;
    }
    if (pending === undefined) {
      (stray === "own" ? this.#ownStock : this.#peerStock).add({ offset, material });
      return;
    }
    this.#pending = this.#pending.filter((request) => request.id !== id);
    if (pending.direction === "own") {
      this.#own = { offset, material };
      this.#ownIsFresh = true;
    } else this.#peer = { offset, material };
    this.#offerIfReady(pending.direction);
  }

  refused(id: number, error: QkdError, nowMs: number): void {
    const pending = this.#pending.find((request) => request.id === id);
    this.#strays.delete(id);
    if (pending === undefined) return;
    this.#pending = this.#pending.filter((request) => request.id !== id);
    // A pad of before this site was restarted: the peer cannot know, and is told.
    const usedBefore = pending.direction === "peer" && error.code === "QKD_KEYSTORE_CONFLICT";
    if (!usedBefore) this.#port.failed(error);
    if (pending.direction === "peer")
      this.#countRefusal("the peer keeps offering authentication that is not to be had", error);
    if (usedBefore) this.#refuse();
    else this.#refused.push({ pending, atMs: nowMs });
  }

  /** Asks again for what the reserve could not give. */
  tick(nowMs: number): void {
    // A clock that was set back tells nothing of the time that passed.
    const due = this.#refused.filter(({ atMs }) => Math.abs(nowMs - atMs) >= RETRY_AFTER_MS);
    if (due.length === 0) return;
    this.#refused = this.#refused.filter((entry) => !due.includes(entry));
    for (const { pending } of due) this.#ask(pending.direction, pending.offset);
  }

  /** Requests that the reserve has neither answered nor refused. */
  get pendingRequests(): readonly number[] {
    return this.#pending.map(({ id }) => id);
  }

  /** Offers what waited until this site may take part in another block. */
  reconsider(): void {
    if (this.#waits) this.#offerIfReady("own");
  }

  /** Alice: the block for which she has offered and Bob has not. */
  get offerAwaited(): number | null {
    return this.#role === "alice" && this.#own !== null && this.#peerOffset === null ? this.#sequence : null;
  }

  /** Whether both sites hold the material of the block. */
  holds(sequence: number): boolean {
    return this.#sequence === sequence && this.#own !== null && this.#peer !== null;
  }

  /** The material of the block, if both sites hold it; it is handed out once. */
  take(sequence: number): BlockMaterial | null {
    if (this.#sequence !== sequence || this.#own === null || this.#peer === null) return null;
    const material = { own: this.#own, peer: this.#peer };
    this.#own = null;
    this.#peer = null;
    this.#forget();
    this.#refusals = 0;
    return material;
  }

  /** Takes back what no tag was made of. */
  giveBack({ own, peer }: { readonly own: Pad | null; readonly peer: Pad | null }): void {
    if (own !== null) this.#ownStock.add(own);
    if (peer !== null) this.#peerStock.add(peer);
  }

  /** The session is over: what was under way is for the next. */
  reset(): void {
    this.giveBack({ own: this.#own, peer: this.#peer });
    this.#own = null;
    this.#peer = null;
    this.#forget();
  }

  #forget(): void {
    this.#sequence = null;
    this.#peerOffset = null;
    this.#waits = false;
    for (const { id, direction } of this.#pending) this.#strays.set(id, direction);
    this.#pending = [];
    this.#refused = [];
  }

  /** Tells that the peer's pad is not to be had here, and waits for another. */
  #refuse(): void {
    const sequence = this.#sequence ?? 0;
    const offset = this.#peerOffset ?? 0;
    this.#peerOffset = null;
    if (this.#role === "bob") this.reset();
    this.#port.refuse({ sequence, offset });
  }

  #countRefusal(sentence: string, cause?: QkdError): void {
    this.#refusals += 1;
    if (this.#refusals < MOST_REFUSALS) return;
    this.#refusals = 0;
    throw new PeerError("QKD_PEER_PROTOCOL", sentence, {
      ...(cause === undefined ? {} : { cause }),
      remedy: OTHER_PADS,
    });
  }

  /** Bob's offer lets Alice open the block, which he then must follow: he makes none before he may. */
  #offerIfReady(arrived: "own" | "peer"): void {
    if (this.#sequence === null || this.#own === null) return;
    const complete = arrived === "own" || this.#role === "bob";
    this.#waits = this.#role === "bob" && this.#peer !== null && !this.#port.mayOffer();
    if (complete && !this.#waits && (this.#role === "alice" || this.#peer !== null))
      this.#port.offer({ sequence: this.#sequence, offset: this.#own.offset });
  }

  #askOwn(): void {
    const kept = this.#ownStock.next();
    if (kept === null) {
      this.#ask("own");
      return;
    }
    this.#own = kept;
    this.#ownIsFresh = false;
    this.#offerIfReady("own");
  }

  #ask(direction: "own" | "peer", offset?: number): void {
    const id = this.#nextId++;
    const place = offset === undefined ? {} : { offset };
    this.#pending.push({ id, direction, ...place });
    this.#port.request({ id, direction, bytes: this.#bytes, ...place });
  }
}
