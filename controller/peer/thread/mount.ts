import type { MessagePort, Transferable } from "node:worker_threads";
import type { PeerOwner } from "../../../protocol/index.ts";
import type { BulkPeerChannel } from "../peer-channel.ts";

/**
 * What an owner of messages runs in the connection's own thread, so that its messages cross no thread on their way to the
 * other site. The connection knows its owner and nothing else of it.
 */
export interface Mount {
  readonly owner: PeerOwner;
  /** Address of the module whose `mount` the thread calls. */
  readonly module: URL;
  /** The thread's end of a way between the owner's two halves. */
  readonly port: MessagePort;
  /** Whatever the module needs; crosses to the thread as a copy. */
  readonly data: unknown;
  /** What of `data` crosses as it is. */
  readonly transfer: readonly Transferable[];
}

/** What a mounted module is given. */
export interface Mounted<Data> {
  /** The connection as this owner sees it: its own messages alone, and up only while it is admitted. */
  readonly channel: BulkPeerChannel;
  readonly port: MessagePort;
  readonly data: Data;
}

/** What a mounted module exports. */
export interface MountModule<Data> {
  mount(mounted: Mounted<Data>): void | Promise<void>;
}
