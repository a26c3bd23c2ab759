import { BehaviorSubject, Subject } from "rxjs";
import type { AuthReserve, PeerChannel, PeerMessage, PeerState } from "../../controller/index.ts";
import type { RawKeyFrame } from "../../drivers/index.ts";
import { PeerError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { expand } from "./distillation-rig.ts";
import type { FramePair } from "./distillation-source.ts";

/** One end of a peer channel that lives in memory. */
export class MemoryPeer implements PeerChannel {
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  readonly messages$ = this.#messages.asObservable();
  readonly state$ = this.#state.asObservable();
  readonly #delayMs: number;
  other: MemoryPeer | null = null;
  up = false;
  bytes = 0;
  messages = 0;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  set(up: boolean): void {
    this.up = up;
    const epoch = this.#state.value.epoch + (up ? 1 : 0);
    this.#state.next({ state: up ? "up" : "down", epoch, error: null });
  }

  deliver(message: PeerMessage): void {
    this.#messages.next(message);
  }

  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    if (!this.up) return Promise.reject(new PeerError("QKD_PEER_UNREACHABLE", "down"));
    const whole = new Uint8Array(Buffer.concat(body instanceof Uint8Array ? [body] : body));
    const { epoch } = this.#state.value;
    this.bytes += whole.length;
    this.messages += 1;
    const arrive = () => {
      if (this.up && this.#state.value.epoch === epoch) this.other?.deliver({ kind, body: whole });
    };
    if (this.#delayMs === 0) setImmediate(arrive);
    else setTimeout(arrive, this.#delayMs);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.set(false);
  }
}

/** Two joined ends; `delayMs` is the time of flight. */
export function memoryPeers(delayMs = 0): { alice: MemoryPeer; bob: MemoryPeer } {
  const alice = new MemoryPeer(delayMs);
  const bob = new MemoryPeer(delayMs);
  alice.other = bob;
  bob.other = alice;
  return { alice, bob };
}

/** A reserve with endless, shared, deterministic material. */
export function memoryReserve(site: "alice" | "bob"): AuthReserve {
  let next = 0;
  const secret = (owner: string, offset: number, bytes: number) =>
    new SecretBytes(expand(`auth/${owner}/${offset}`, bytes));
  return {
    async reserve(bytes) {
      const offset = next;
      next += bytes;
      return { offset, material: secret(site, offset, bytes) };
    },
    reserveFromPeer: async (offset, bytes) => secret(site === "alice" ? "bob" : "alice", offset, bytes),
    async replenish() {},
    held: async () => [],
    async forget() {},
    async resumeFrom() {},
    witness: async () => ({ heldBack: false, seen: 0, used: next }),
    beginRecovery: async () => ({ number: 1, place: 2 ** 14 }),
    async keepRecovery() {},
    async settleRecovery() {},
    recovery: async () => ({ next: 1, waiting: null, held: [], auth: "information-theoretic" }),
    level: async () => "usual",
    remaining: async () => ({ own: 1e9, peer: 1e9 }),
  };
}

/** A pair as the drivers would hand it over. */
export function rawFrames(pair: FramePair, sessionNumber = 1): { qtx: RawKeyFrame; qrx: RawKeyFrame } {
  const { sent = [], doubleClicks: _, photocurrentNa: __, ...qtx } = pair.qtx;
  const { sent: ___, doubleClicks = 0, photocurrentNa = 0, ...qrx } = pair.qrx;
  return {
    qtx: { ...qtx, role: "qtx", sessionNumber, sent },
    qrx: {
      ...qrx,
      role: "qrx",
      sessionNumber,
      doubleClicks,
      photocurrentNa,
      clicksPerDetector: [0, 0],
      deadGates: 0,
    },
  };
}
