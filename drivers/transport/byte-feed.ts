import { Observable, type Subscriber } from "rxjs";
import { type QkdError, TransportError } from "../../errors/index.ts";

/**
 * The receiving half of a transport: hands chunks to one subscriber, ends once. Reading starts with the subscription
 * (`startReading`), so nothing is lost before it; after an unsubscription bytes are read on and discarded, because a
 * line that nobody reads hides an unplug.
 */
export class ByteFeed {
  readonly bytes$: Observable<Uint8Array>;
  #subscriber: Subscriber<Uint8Array> | undefined;
  #taken = false;
  #ended: { readonly error: QkdError | undefined } | undefined;

  constructor(name: string, startReading: () => void) {
    this.bytes$ = new Observable((subscriber) => {
      if (this.#taken) {
        subscriber.error(new TransportError("QKD_TRANSPORT_CLOSED", `${name} already has a reader`));
        return;
      }
      this.#taken = true;
      this.#subscriber = subscriber;
      if (this.#ended === undefined) startReading();
      else this.#deliverEnd();
    });
  }

  /** False once the feed has completed or failed. */
  get live(): boolean {
    return this.#ended === undefined;
  }

  push(chunk: Uint8Array): void {
    if (this.#ended === undefined && chunk.length > 0) this.#subscriber?.next(chunk);
  }

  /** Ends the feed: with an error when the connection died, without after `close`. Later calls do nothing. */
  end(error?: QkdError): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#deliverEnd();
  }

  #deliverEnd(): void {
    if (this.#ended?.error === undefined) this.#subscriber?.complete();
    else this.#subscriber?.error(this.#ended.error);
  }
}
