import type { Observable } from "rxjs";
import type { QkdError } from "../../errors/index.ts";
import type { PeerCredentials } from "./peer-credentials.ts";

/** One message between the two controllers: a kind from the peer catalogue and its body. */
export interface PeerMessage {
  readonly kind: number;
  readonly body: Uint8Array;
}

/** A message on its way out, its body in pieces. */
export interface OutgoingMessage {
  readonly kind: number;
  readonly parts: readonly Uint8Array[];
}

/** Condition of the channel. `epoch` counts the connections that passed the hello. */
export interface PeerState {
  readonly state: "connecting" | "up" | "down";
  readonly epoch: number;
  /** Why the channel is not up, where that is known. */
  readonly error: QkdError | null;
}

/**
 * The classical channel to the other site's controller: TLS 1.3 with mutual certificates and a hybrid ML-KEM key
 * exchange, reconnecting by itself. Messages keep their order within one connection; a reconnection starts a new epoch
 * and drops what was under way.
 */
export interface PeerChannel {
  readonly messages$: Observable<PeerMessage>;
  readonly state$: Observable<PeerState>;
  /** Queues one message. Resolves when the socket took it; rejects with PeerError when down. */
  send(kind: number, body: Uint8Array | readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** A channel for many and large messages. */
export interface BulkPeerChannel extends PeerChannel {
  /** The receiver is done with the body of a message, and nobody else keeps it: its memory may serve another message. */
  recycle(body: Uint8Array): void;
  /** Copies the messages before it returns. Resolves when the socket took them; rejects with PeerError when down. */
  sendAll(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Ends the present connection for that reason; another one takes its place. */
  reconnect(reason: QkdError): void;
}

/** The end of a channel that makes the connection itself. */
export interface PeerEndpoint extends BulkPeerChannel {
  /** The port this side listens on, or null for the dialling side and before `begin`. */
  readonly port: number | null;
  /** Resolves once this side listens or has begun to dial. Rejects with TransportError. */
  begin(): Promise<void>;
  /**
   * Certificates that count from now on; a connection stands as long as the peer's is right by them. Rejects with
   * ConfigError, and nothing changed, for unusable ones.
   */
  renew?(credentials: PeerCredentials): Promise<void>;
}
