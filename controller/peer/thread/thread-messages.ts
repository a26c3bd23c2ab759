import type { MessagePort } from "node:worker_threads";
import type { PeerOwner } from "../../../protocol/index.ts";
import type { PeerTap } from "../recorded-channel.ts";
import type { TlsPeerOptions } from "../tls-peer-channel.ts";

/** Settings of a connection as they cross to the thread that makes it. */
export type PlainTlsOptions = Omit<TlsPeerOptions, "secret"> & { readonly secret: Uint8Array };

/** What the thread is started with. */
export interface PeerThreadStart {
  /** To the main thread's end of the channel. */
  readonly port: MessagePort;
  /** Null when the main thread holds the channel. */
  readonly connection: PlainTlsOptions | null;
  /** Whether the thread tells every message in words. */
  readonly trace: boolean;
  /** Whether it tells every message, redacted, for a recording. */
  readonly record: boolean;
  readonly mounts: readonly {
    readonly owner: PeerOwner;
    readonly module: string;
    readonly port: MessagePort;
    readonly data: unknown;
  }[];
}

/** From the thread: every owner is mounted, a message in words, or a message for a recording. */
export type ThreadNews =
  | { readonly type: "ready" }
  | { readonly type: "trace"; readonly line: string }
  | { readonly type: "record"; readonly recorded: Parameters<PeerTap> };

/** To the thread: this owner may use the connection of that epoch. */
export interface Admission {
  readonly owner: PeerOwner;
  readonly epoch: number;
}
