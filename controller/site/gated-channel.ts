import { BehaviorSubject, type Observable, Subject } from "rxjs";
import type { PeerChannel, PeerMessage, PeerState } from "../peer/peer-channel.ts";

/** Messages that may wait for the gate; a correct peer sends a handful before both sides agree. */
const MAX_HELD = 1024;

/**
 * The peer channel as the layers above the block agreement see it: up only after both sites have agreed on the blocks
 * of earlier connections. What the other site sends while this one is still busy agreeing is held back, in order.
 */
export class GatedChannel implements PeerChannel {
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  readonly #inner: PeerChannel;
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  #held: PeerMessage[] = [];

  constructor(inner: PeerChannel) {
    this.#inner = inner;
    this.messages$ = this.#messages.asObservable();
    this.state$ = this.#state.asObservable();
  }

  /** Lets the layers above work, beginning with what was held. */
  open(epoch: number): void {
    this.#state.next({ state: "up", epoch, error: null });
    const held = this.#held;
    this.#held = [];
    for (const message of held) this.#messages.next(message);
  }

  /** The connection ended: what was held belongs to it and is dropped. */
  shut(state: PeerState): void {
    this.#held = [];
    this.#state.next(state);
  }

  deliver(message: PeerMessage): void {
    if (this.#state.value.state === "up") this.#messages.next(message);
    else if (this.#held.length < MAX_HELD) this.#held.push(message);
  }

  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    return this.#inner.send(kind, body);
  }

  async close(): Promise<void> {
    this.#state.complete();
    this.#messages.complete();
  }
}
