import { type Observable, share, tap } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "./peer-channel.ts";
import type { PeerCredentials } from "./peer-credentials.ts";

/** Is told of each message when it passes. What it is told belongs to others: it keeps and changes nothing of it. */
export type PeerWatch = (verb: "said" | "heard", kind: number, parts: readonly Uint8Array[]) => void;

/** A channel that lets somebody watch what passes through it. */
export class WatchedChannel implements PeerEndpoint {
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  readonly #inner: PeerEndpoint;
  readonly #watch: PeerWatch;

  constructor(inner: PeerEndpoint, watch: PeerWatch) {
    this.#inner = inner;
    this.#watch = watch;
    this.state$ = inner.state$;
    this.messages$ = inner.messages$.pipe(
      tap(({ kind, body }) => watch("heard", kind, [body])),
      share(),
    );
  }

  get port(): number | null {
    return this.#inner.port;
  }

  begin(): Promise<void> {
    return this.#inner.begin();
  }

  async renew(credentials: PeerCredentials): Promise<void> {
    await this.#inner.renew?.(credentials);
  }

  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    return this.sendAll([{ kind, parts: body instanceof Uint8Array ? [body] : body }]);
  }

  sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const { kind, parts } of messages) this.#watch("said", kind, parts);
    return this.#inner.sendAll(messages);
  }

  recycle(body: Uint8Array): void {
    this.#inner.recycle(body);
  }

  reconnect(reason: QkdError): void {
    this.#inner.reconnect(reason);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** The bytes of a message in one piece; a single piece is handed through. */
export function wholeBody(parts: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array(), ...others] = parts;
  return others.length === 0 ? first : new Uint8Array(Buffer.concat(parts));
}
