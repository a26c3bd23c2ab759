import type { MessagePort } from "node:worker_threads";
import type { PeerOwner } from "../../../protocol/index.ts";
import type { TlsPeerOptions } from "../tls-peer-channel.ts";

/** Settings of a connection as they cross to the thread that makes it. */
export type PlainTlsOptions = Omit<TlsPeerOptions, "secret"> & { readonly secret: Uint8Array };

/** What the thread is started with. */
export interface PeerThreadStart {
  /** To the main thread's end of the channel. */
  readonly port: MessagePort;
  /** Null when the main thread holds the channel. */
  readonly connection: PlainTlsOptions | null;
  readonly mounts: readonly {
    readonly owner: PeerOwner;
    readonly module: string;
    readonly port: MessagePort;
    readonly data: unknown;
  }[];
}

/** To the thread: this owner may use the connection of that epoch. */
export interface Admission {
  readonly owner: PeerOwner;
  readonly epoch: number;
}
