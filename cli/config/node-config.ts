import type { Network, NodeOptions } from "../../controller/node/index.ts";
import type { Draft, SiteConfig } from "./site-config.ts";

type NodeStreamsLimits = NonNullable<NonNullable<NodeOptions["streams"]>["limits"]>;

/** One link of a node's file. */
export interface NodeLinkConfig {
  readonly transceiver: SiteConfig["transceiver"];
  readonly listen?: string;
  readonly connect?: string;
  readonly limits?: NonNullable<SiteConfig["peer"]["limits"]>;
  readonly secretFile: string;
  readonly policy?: Omit<NonNullable<SiteConfig["policy"]>, "authRecovery" | "kem" | "combiner">;
}

/** A node's configuration as its file states it; see NODE_SCHEMA for meaning and ranges. */
export interface NodeConfig {
  readonly node: string;
  /** The network's file. */
  readonly network: string;
  readonly peer: Pick<
    SiteConfig["peer"],
    "certificate" | "privateKey" | "authority" | "crl" | "groups" | "listen"
  >;
  readonly pairs?: Readonly<Record<string, { readonly secretFile: string }>>;
  readonly links: Readonly<Record<string, NodeLinkConfig>>;
  readonly store: SiteConfig["store"];
  readonly delivery: Omit<SiteConfig["delivery"], "saeIdentity" | "kmeId" | "peerKmeId" | "allowPqcFor">;
  /** Streams of keys by ETSI GS QKD 004. */
  readonly streams?: { readonly listen: string; readonly limits?: NodeStreamsLimits };
  readonly status?: { readonly listen: string };
  readonly developmentSeed?: string;
}

export type NodeDraft = Draft<NodeConfig>;

/** A node's file and the network's file that it names, both right and right together. */
export interface NodeAndNetwork {
  readonly node: NodeConfig;
  readonly network: Network;
}
