import { type Observable, share, tap } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import { describePeerMessage } from "../../protocol/index.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "./peer-channel.ts";
import type { PeerCredentials } from "./peer-credentials.ts";

/** Messages that are told in a second, at most: the reader is a person, and what is told must not hold up the link. */
const MOST_A_SECOND = 200;
const SECOND_MS = 1000;

/** A channel that tells what passes through it in words, without what the messages' declarations redact. */
export class TracedChannel implements PeerEndpoint {
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  readonly #inner: PeerEndpoint;
  readonly #tell: (line: string) => void;
  readonly #now: () => number;
  #secondMs = Number.NEGATIVE_INFINITY;
  #told = 0;

  constructor(inner: PeerEndpoint, tell: (line: string) => void, now = () => performance.now()) {
    this.#inner = inner;
    this.#tell = tell;
    this.#now = now;
    this.state$ = inner.state$;
    this.messages$ = inner.messages$.pipe(
      tap(({ kind, body }) => this.#trace("heard", kind, [body])),
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
    for (const { kind, parts } of messages) this.#trace("said", kind, parts);
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

  #trace(verb: "said" | "heard", kind: number, parts: readonly Uint8Array[]): void {
    const nowMs = this.#now();
    if (nowMs - this.#secondMs >= SECOND_MS) {
      if (this.#told > MOST_A_SECOND) this.#tell(`${this.#told - MOST_A_SECOND} messages more`);
      this.#secondMs = nowMs;
      this.#told = 0;
    }
    this.#told += 1;
    if (this.#told > MOST_A_SECOND) return;
    const [first = new Uint8Array(), ...others] = parts;
    const body = others.length === 0 ? first : new Uint8Array(Buffer.concat(parts));
    this.#tell(`${verb} ${describePeerMessage(kind, body).join("; ")}`);
  }
}
