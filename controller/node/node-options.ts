import type { Transceiver } from "../../drivers/index.ts";
import type { DeliveryOptions } from "../delivery/delivery-options.ts";
import type { LinkOptions } from "../link/link-options.ts";
import type { PeerCredentials } from "../peer/peer-credentials.ts";
import type { Network } from "./network/network.ts";
import type { TransceiverOpener } from "./node-link.ts";
import type { NodeStreamsOptions } from "./node-streams.ts";
import type { PairSecrets } from "./relay/pair-plans.ts";

/** What one link needs at this node beside what the network file says of it. */
export interface NodeLinkOptions
  extends Pick<
    LinkOptions,
    | "peer"
    | "peerListen"
    | "peerLimits"
    | "secret"
    | "keyExchange"
    | "health"
    | "fallback"
    | "epsilonBudget"
    | "pqcReserveBits"
    | "trace"
    | "peerTap"
    | "developmentSeed"
  > {
  /** An open transceiver, which stays the caller's to close, or what opens one each time that the link starts. */
  readonly transceiver: Transceiver | TransceiverOpener;
  /** Names the device that an opener opens: under another name a renewal starts the link anew. */
  readonly device?: string;
}

/** Where the node keeps its keys, and how long. */
export interface NodeStoreOptions {
  /** The database file; created when missing. */
  readonly path: string;
  /** File of the key-encryption key, mode 0600; `createKeyFile` makes one. */
  readonly keyFile: string;
  /** Stock per pair and origin that the store is filled to, bits. */
  readonly capacityBits?: number;
  /** Keys older than this are destroyed; default: never. */
  readonly maxKeyAgeMs?: number;
  readonly redeliveryMs?: number;
  readonly fetchTtlMs?: number;
  readonly acceptDataJournal?: boolean;
}

/** The front of key delivery of a node; who is served, and with whom, stands in the network file. */
export type NodeDeliveryOptions = Pick<DeliveryOptions, "tls" | "listen" | "limits" | "policy">;

/** Everything a node needs. */
export interface NodeOptions {
  /** Which node of the network this is. */
  readonly node: string;
  readonly network: Network;
  /** Certificate of this node between controllers; its neighbours' are known by the network file. */
  readonly credentials: Omit<PeerCredentials, "peerIdentity">;
  /** By the id that a link has in the network file. A link of this node that is missing here does not run. */
  readonly links: Readonly<Record<string, NodeLinkOptions>>;
  /**
   * Nodes that no link joins with this one and that it shares keys with, which are relayed over others: the secret placed
   * at both beforehand, of no other pair.
   */
  readonly pairs?: PairSecrets;
  /** Where such nodes reach this one, `tls://host:port`; default: its address in the network. */
  readonly peerListen?: string;
  readonly store: NodeStoreOptions;
  readonly delivery?: NodeDeliveryOptions;
  /** Streams of keys by ETSI GS QKD 004, beside key delivery and for the same applications. */
  readonly streams?: NodeStreamsOptions;
  /** Whether what this node tells of itself reaches nobody any more. */
  readonly logLost?: () => boolean;
}
