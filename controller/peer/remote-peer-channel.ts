import type { MessagePort } from "node:worker_threads";
import { BehaviorSubject, type Observable, Subject } from "rxjs";
import { PeerError, plainError, type QkdError, revivedError } from "../../errors/index.ts";
import { type Asked, bytesBetweenThreads, type Question, type Told } from "./channel-between-threads.ts";
import type { OutgoingMessage, PeerEndpoint, PeerMessage, PeerState } from "./peer-channel.ts";
import type { PeerCredentials } from "./peer-credentials.ts";

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: QkdError) => void;
}

/**
 * A peer channel that lives in another thread, where `servePeerChannel` answers. Everything keeps its order; when that
 * thread ends the channel is down for good.
 */
export class RemotePeerChannel implements PeerEndpoint {
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  readonly #thread: MessagePort;
  readonly #messages = new Subject<PeerMessage>();
  readonly #state = new BehaviorSubject<PeerState>({ state: "connecting", epoch: 0, error: null });
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #port: number | null = null;
  #ended = false;
  #closing: Promise<void> | null = null;

  constructor(thread: MessagePort) {
    this.#thread = thread;
    this.messages$ = this.#messages.asObservable();
    this.state$ = this.#state.asObservable();
    thread.on("message", (told: Told) => this.#hear(told));
    thread.on("close", () => this.#end());
  }

  get port(): number | null {
    return this.#port;
  }

  begin(): Promise<void> {
    return this.#ask({ type: "begin" });
  }

  renew(credentials: PeerCredentials): Promise<void> {
    return this.#ask({ type: "renew", credentials });
  }

  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void> {
    return this.sendAll([{ kind, parts: body instanceof Uint8Array ? [body] : body }]);
  }

  sendAll(messages: readonly OutgoingMessage[]): Promise<void> {
    return this.#ask({ type: "send", messages: messages.map(gathered) });
  }

  /** Bodies cross threads as copies, which are left to the collector. */
  recycle(): void {}

  reconnect(reason: QkdError): void {
    this.#ask({ type: "reconnect", reason: plainError(reason) }).catch(() => {});
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.#ended) await this.#ask({ type: "close" }).catch(() => {});
    this.#thread.close();
    this.#end();
  }

  #ask(question: Question): Promise<void> {
    if (this.#ended) return Promise.reject(threadGone());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#thread.postMessage({ ...question, id } satisfies Asked);
    });
  }

  #hear(told: Told): void {
    if (this.#ended) return;
    if (told.type === "message") {
      this.#thread.postMessage({ type: "heard", bytes: bytesBetweenThreads(told.body) } satisfies Asked);
      this.#messages.next({ kind: told.kind, body: told.body });
    } else if (told.type === "state")
      this.#state.next({
        state: told.state,
        epoch: told.epoch,
        error: told.error === null ? null : revivedError(told.error),
      });
    else {
      this.#port = told.port;
      const waiting = this.#waiting.get(told.id);
      this.#waiting.delete(told.id);
      if (told.error === null) waiting?.resolve();
      else waiting?.reject(revivedError(told.error));
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(threadGone());
    this.#waiting.clear();
    const { state, epoch } = this.#state.value;
    if (state !== "down") this.#state.next({ state: "down", epoch, error: null });
    this.#state.complete();
    this.#messages.complete();
  }
}

/** The body in one piece, so that it crosses to the thread as what it is and not as the buffer that it lies in. */
function gathered({ kind, parts }: OutgoingMessage): OutgoingMessage {
  const body = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return { kind, parts: [body] };
}

function threadGone(): PeerError {
  return new PeerError("QKD_PEER_UNREACHABLE", "the thread of the peer channel ended");
}
