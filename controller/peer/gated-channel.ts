import { BehaviorSubject, type Observable, Subject, type Subscription } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import type { BulkPeerChannel, OutgoingMessage, PeerMessage, PeerState } from "./peer-channel.ts";

/** Bytes that may wait for the gate; a correct peer sends a handful of small messages before both sides agree. */
const MAX_HELD_BYTES = 1 << 20;
/** What a waiting message costs besides its body. */
const MESSAGE_BYTES = 256;

/**
 * Some kinds of messages of the peer channel, as the layers above the block agreement see it: up only after both sites
 * have agreed on the blocks of earlier connections. What the other site sends while this one is still busy agreeing is
 * held back, in order, up to a mebibyte; what comes on top is dropped, which the layers above notice as a gap.
 */
export class GatedChannel implements BulkPeerChannel {
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  readonly #inner: BulkPeerChannel;
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  readonly #subscriptions: readonly Subscription[];
  #innerState: PeerState = this.#state.value;
  #held: PeerMessage[] = [];
  #heldBytes = 0;

  constructor(inner: BulkPeerChannel, wants: (kind: number) => boolean) {
    this.#inner = inner;
    this.messages$ = this.#messages.asObservable();
    this.state$ = this.#state.asObservable();
    this.#subscriptions = [
      inner.state$.subscribe((state) => this.#follow(state)),
      inner.messages$.subscribe((message) => {
        if (wants(message.kind)) this.#deliver(message);
      }),
    ];
  }

  /** Lets the layers above work, beginning with what was held. Nothing happens when that connection is gone already. */
  open(epoch: number): void {
    if (this.#innerState.state !== "up" || this.#innerState.epoch !== epoch) return;
    this.#state.next({ state: "up", epoch, error: null });
    for (const message of this.#taken()) this.#messages.next(message);
  }

  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    return this.#inner.send(kind, body);
  }

  sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    return this.#inner.sendAll(messages);
  }

  recycle(body: Uint8Array): void {
    this.#inner.recycle(body);
  }

  reconnect(reason: QkdError): void {
    this.#inner.reconnect(reason);
  }

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#state.complete();
    this.#messages.complete();
  }

  /** When the connection ends, what was held belongs to it and is dropped. */
  #follow(state: PeerState): void {
    this.#innerState = state;
    if (state.state === "up") return;
    this.#taken();
    this.#state.next(state);
  }

  #deliver(message: PeerMessage): void {
    if (this.#state.value.state === "up") this.#messages.next(message);
    else this.#hold(message);
  }

  #hold(message: PeerMessage): void {
    // A body may lie in a larger buffer, which it keeps.
    const bytes = MESSAGE_BYTES + message.body.buffer.byteLength;
    if (this.#heldBytes + bytes > MAX_HELD_BYTES) return;
    this.#heldBytes += bytes;
    this.#held.push(message);
  }

  /** What is held, which is nothing afterwards. */
  #taken(): readonly PeerMessage[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }
}
