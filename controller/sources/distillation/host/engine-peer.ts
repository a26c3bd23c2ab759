import type { MessagePort } from "node:worker_threads";
import { SecretBytes } from "../../../../protocol/index.ts";
import { GatedChannel } from "../../../peer/gated-channel.ts";
import type { BulkPeerChannel } from "../../../peer/peer-channel.ts";
import { RemotePeerChannel, servePeerChannel } from "../../../peer/remote-peer-channel.ts";
import { TlsPeerChannel, type TlsPeerOptions } from "../../../peer/tls-peer-channel.ts";
import { isDistillationKind } from "./distillation-kind.ts";

/** Settings of a connection as they cross to the thread that makes it. */
export type PlainTlsOptions = Omit<TlsPeerOptions, "secret"> & { readonly secret: Uint8Array };

/** How the engine's thread reaches the other site: by its own connection, or by a channel of the main thread. */
export interface EnginePeerStart {
  /** To the main thread. */
  readonly port: MessagePort;
  readonly connection: PlainTlsOptions | null;
}

/** The channel as the engine uses it. */
export interface EnginePeer {
  readonly channel: BulkPeerChannel;
  /** Both sites agreed on earlier blocks over this connection: distillation may begin. */
  admit(epoch: number): void;
}

/**
 * With a connection of its own, messages go from the socket to the engine without crossing a thread; all other kinds are
 * the main thread's, which uses the same connection through `port`.
 */
export function enginePeer({ port, connection }: EnginePeerStart): EnginePeer {
  if (connection === null) return { channel: new RemotePeerChannel(port), admit: () => {} };
  const endpoint = new TlsPeerChannel({ ...connection, secret: new SecretBytes(connection.secret) });
  servePeerChannel(endpoint, port, (kind) => !isDistillationKind(kind));
  const gate = new GatedChannel(endpoint, isDistillationKind);
  return { channel: gate, admit: (epoch) => gate.open(epoch) };
}
