import type { AuthRecovery, Combiner, KemName } from "../../../protocol/index.ts";
import type { CertificateMatch } from "../../../trust/index.ts";
import type { PolicyMode } from "../../delivery/delivery-policy.ts";

/** A node of a network: one controller with its key delivery. */
export interface NetworkNode {
  /** Name of its KME in ETSI GS QKD 014. */
  readonly kme: string;
  /** Where other nodes reach it, `tls://host:port`. */
  readonly address?: string;
  /** SHA-256 of its certificate between controllers, hexadecimal; several while a certificate is renewed. */
  readonly fingerprint: string | readonly string[];
}

/** A classical channel in the fibre of a link. */
export interface NetworkChannel {
  readonly thz: number;
  readonly dbm: number;
  readonly direction: "forward" | "backward";
}

/** A quantum link between two nodes; what both ends must agree on stands here, once. */
export interface NetworkLink {
  readonly id: string;
  readonly ends: readonly [string, string];
  /** The end that has the transmitter. */
  readonly qtx: string;
  readonly preset: string;
  readonly km?: number;
  readonly lossDb?: number;
  readonly clockHz?: number;
  readonly blockBits?: number;
  readonly epsilonSecrecy?: number;
  readonly epsilonCorrectness?: number;
  readonly maxLeakFraction?: number;
  readonly authRecovery?: AuthRecovery;
  readonly channels?: readonly NetworkChannel[];
}

/** An application and the node that serves it. */
export interface NetworkSae {
  readonly id: string;
  readonly node: string;
  /** The certificate that speaks for it. */
  readonly identity: CertificateMatch;
  /** SAEs that it may share keys with; default: all. */
  readonly peers?: readonly string[];
  /** Name of one of `policies`; default: keys of quantum origin alone. */
  readonly policy?: string;
}

/** What applications of one kind get. */
export interface NetworkPolicy {
  readonly mode: PolicyMode;
  /** Of `hybrid`, where quantum key lacks: no key (`refuse`, default), or post-quantum keys. */
  readonly onShortage?: "refuse" | "pqc";
  /** Hops that a key may travel at most, and over how many disjoint ways. */
  readonly maxHops?: number;
  readonly shares?: number;
  readonly maxAgeS?: number;
  readonly rekeyS?: number;
  readonly rank?: "critical" | "ordinary";
  /** Key bits, and keys, a second on average over a minute. */
  readonly quotaBps?: number;
  readonly quotaKeysPerS?: number;
}

/** The network file: public, and equal at every node. */
export interface Network {
  readonly network: string;
  readonly nodes: Readonly<Record<string, NetworkNode>>;
  readonly links: readonly NetworkLink[];
  readonly saes?: readonly NetworkSae[];
  readonly policies?: Readonly<Record<string, NetworkPolicy>>;
  /** Key encapsulation of post-quantum keys everywhere; default ML-KEM-768. */
  readonly kem?: KemName;
  /** How hybrid keys are made everywhere; default kdf. */
  readonly combiner?: Combiner;
}

/** Hops that a key travels at most where a policy says nothing. */
export const DEFAULT_MAX_HOPS = 6;
