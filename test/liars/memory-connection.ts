import { BehaviorSubject, Subject } from "rxjs";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "../../controller/index.ts";
import { PeerError, type QkdError } from "../../errors/index.ts";
import { checkIncoming } from "../../protocol/index.ts";

/** The two sites of a link. */
export type Side = "alice" | "bob";

/** What leaves instead of a message. */
export type Interceptor = (message: PeerMessage) => readonly PeerMessage[];

/** A site dials again so long after its connection ended. */
const REDIAL_MS = 5000;

/**
 * The connection of two sites inside the process: in order, judged as the real one judges its headers, ended by whoever may
 * end it, and made again five seconds later. Nothing moves but by `deliver`, so time is the caller's.
 */
export class MemoryConnection {
  readonly alice = new MemoryEnd(this, "alice");
  readonly bob = new MemoryEnd(this, "bob");
  /** Sees what a side says before it is on its way. */
  readonly intercept = new Map<Side, Interceptor>();
  readonly #queues: Record<Side, PeerMessage[]> = { alice: [], bob: [] };
  #epoch = 0;
  #upAtMs: number | null = 0;
  /** Most messages that ever waited. */
  mostWaiting = 0;
  /** Messages said, by sender and kind. */
  readonly said = new Map<string, number>();

  get waiting(): number {
    return this.#queues.alice.length + this.#queues.bob.length;
  }

  /** Makes the connection where it is due. */
  tick(nowMs: number): void {
    if (this.#upAtMs === null) return;
    if (this.#upAtMs === 0) this.#upAtMs = nowMs;
    if (nowMs < this.#upAtMs) return;
    this.#upAtMs = null;
    this.#epoch += 1;
    for (const end of [this.alice, this.bob]) end.tell({ state: "up", epoch: this.#epoch, error: null });
  }

  /** What is on its way is lost; both sides hear why. */
  end(error: QkdError, nowMs: number): void {
    if (this.#upAtMs !== null) return;
    this.#upAtMs = nowMs + REDIAL_MS;
    for (const side of ["alice", "bob"] as const) this.#queues[side] = [];
    for (const end of [this.alice, this.bob]) end.tell({ state: "down", epoch: this.#epoch, error });
  }

  put(from: Side, message: PeerMessage): void {
    const name = `${from}/${message.kind}`;
    this.said.set(name, (this.said.get(name) ?? 0) + 1);
    const told = this.intercept.get(from)?.(message) ?? [message];
    this.enqueue(from, told);
  }

  /** Puts messages on their way as they are. */
  enqueue(from: Side, messages: readonly PeerMessage[]): void {
    if (this.#upAtMs !== null) return;
    this.#queues[from === "alice" ? "bob" : "alice"].push(...messages);
    this.mostWaiting = Math.max(this.mostWaiting, this.waiting);
  }

  /** Hands over at most `most` messages to each side. A header that is refused ends the connection. */
  deliver(most: number, nowMs: number): void {
    for (const to of ["alice", "bob"] as const)
      for (const { kind, body } of this.#queues[to].splice(0, most)) {
        try {
          checkIncoming({ kind, bodyBytes: body.length }, to === "alice" ? "bob" : "alice");
        } catch (error) {
          if (!(error instanceof PeerError)) throw error;
          this.end(error, nowMs);
          return;
        }
        this[to].hear({ kind, body: body.slice() });
      }
  }
}

/** One side's end. */
export class MemoryEnd implements PeerEndpoint {
  readonly port = null;
  readonly #connection: MemoryConnection;
  readonly #side: Side;
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  readonly messages$ = this.#messages.asObservable();
  readonly state$ = this.#state.asObservable();
  /** Called where this side gives the connection up. */
  onReconnect: (reason: QkdError) => void = () => {};

  constructor(connection: MemoryConnection, side: Side) {
    this.#connection = connection;
    this.#side = side;
  }

  tell(state: PeerState): void {
    this.#state.next(state);
  }

  hear(message: PeerMessage): void {
    if (this.#state.value.state === "up") this.#messages.next(message);
  }

  async begin(): Promise<void> {}
  recycle(): void {}
  async close(): Promise<void> {}

  reconnect(reason: QkdError): void {
    this.onReconnect(reason);
  }

  async send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    if (this.#state.value.state !== "up")
      throw new PeerError("QKD_PEER_UNREACHABLE", "the connection is down");
    const bytes = Uint8Array.from(Buffer.concat(body instanceof Uint8Array ? [body] : body));
    this.#connection.put(this.#side, { kind, body: bytes });
  }

  async sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const { kind, parts } of messages) await this.send(kind, parts);
  }
}
