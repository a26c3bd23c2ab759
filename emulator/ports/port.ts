/** One client of a port, or the one line of a serial port. */
export interface PortConnection {
  /** For logs: kind and remote end. */
  readonly name: string;
  readonly kind: "tcp" | "tls" | "serial";
  /** Whether `closed` is called when the client leaves. A serial line has no such signal. */
  readonly hangUpVisible: boolean;
  /** Bytes written and not yet taken by the operating system. */
  readonly pendingBytes: number;
  /**
   * Queues bytes in order; ignored once closed. The caller may not change them until `finished` is called: they, and all
   * those before, have left or are lost.
   */
  write(bytes: Uint8Array, finished?: () => void): void;
  /** Ends the connection from this side; `closed` follows. */
  close(): void;
}

/** What the device does with one connection. No method may throw. */
export interface ConnectionHandler {
  /** Received bytes, valid during the call only. */
  bytes(chunk: Uint8Array): void;
  /** `pendingBytes` fell to zero after it had been more than a few kilobytes. */
  drained(): void;
  closed(): void;
}

/** Called once for each connection. */
export type AcceptConnection = (connection: PortConnection) => ConnectionHandler;

/** A listening port. */
export interface Port {
  /** The address a client opens, for example `tcp://127.0.0.1:40123`. */
  readonly address: string;
  /** Hangs up on every client and stops listening. Idempotent. */
  close(): Promise<void>;
}
