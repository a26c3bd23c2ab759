import type { Observable } from "rxjs";

/** One message between the two controllers: a kind from the peer catalogue and its body. */
export interface PeerMessage {
  readonly kind: number;
  readonly body: Uint8Array;
}

/**
 * The classical channel to the other site's controller: TLS 1.3 with mutual certificates and a hybrid ML-KEM key
 * exchange, reconnecting by itself. Messages keep their order within one connection; a reconnection starts a new epoch
 * and drops what was under way.
 */
export interface PeerChannel {
  readonly messages$: Observable<PeerMessage>;
  /** "up" with a fresh epoch number after each (re)connection and hello. */
  readonly state$: Observable<{ readonly state: "connecting" | "up" | "down"; readonly epoch: number }>;
  /** Queues one message; bodies are not copied. Resolves when the socket took it; rejects with PeerError when down. */
  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}
