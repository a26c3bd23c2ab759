import { BehaviorSubject, type Observable, Subject } from "rxjs";
import { PeerError, type QkdError } from "../../errors/index.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "./peer-channel.ts";

/** Both ends of a connection within one program: up once both have begun, down for good when one is closed. */
export function joinedEnds(): readonly [PeerEndpoint, PeerEndpoint] {
  const ends = [new JoinedEnd(), new JoinedEnd()] as const;
  ends[0].join(ends[1]);
  ends[1].join(ends[0]);
  return ends;
}

class JoinedEnd implements PeerEndpoint {
  readonly port = null;
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  #other: JoinedEnd | null = null;
  #begun = false;

  constructor() {
    this.messages$ = this.#messages.asObservable();
    this.state$ = this.#state.asObservable();
  }

  join(other: JoinedEnd): void {
    this.#other = other;
  }

  async begin(): Promise<void> {
    this.#begun = true;
    const other = this.#other;
    if (other === null || !other.#begun) return;
    for (const end of [this, other]) end.enter("up", 1);
  }

  async send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    if (this.#state.value.state !== "up")
      throw new PeerError("QKD_PEER_UNREACHABLE", "the other end is closed", { retryable: true });
    const bytes = Uint8Array.from(Buffer.concat(body instanceof Uint8Array ? [body] : body));
    // As over a wire: the sender goes on before the receiver hears it.
    setImmediate(() => this.#other?.hear({ kind, body: bytes }));
  }

  async sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const { kind, parts } of messages) await this.send(kind, parts);
  }

  recycle(): void {}

  reconnect(_reason: QkdError): void {}

  async close(): Promise<void> {
    for (const end of [this, this.#other]) end?.enter("down", 1);
  }

  hear(message: PeerMessage): void {
    if (this.#state.value.state === "up") this.#messages.next(message);
  }

  enter(state: PeerState["state"], epoch: number): void {
    if (this.#state.value.state !== state && this.#state.value.state !== "down")
      this.#state.next({ state, epoch, error: null });
  }
}
