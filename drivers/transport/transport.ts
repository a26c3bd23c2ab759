import type { Observable } from "rxjs";
import { rule } from "../../options/index.ts";

/** What carries the bytes: a line of this kind fails in its own ways. */
export type TransportKind = "serial" | "tcp" | "tls" | "memory";

/**
 * One connection to a device as a stream of bytes. Single use: made open by a factory, dead after `close` or an
 * error. `bytes$` errors with a TransportError when the connection dies and completes after `close`.
 */
export interface Transport {
  readonly kind: TransportKind;
  /** The address it was made from, for messages alone: nobody reads facts from it. */
  readonly name: string;
  /** Received bytes; hot, one subscriber. A chunk is only valid during its emission. */
  readonly bytes$: Observable<Uint8Array>;
  /** Resolves when the bytes were handed to the operating system. Rejects with TransportError. */
  write(bytes: Uint8Array): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** What an error says of the transport that it befell. */
export type TransportLabel = Pick<Transport, "kind" | "name">;

export const OPEN_TRANSPORT = rule.having(["write", "close"], "an open transport");
