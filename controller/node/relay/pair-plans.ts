import type { Combiner, KemName, SecretBytes } from "../../../protocol/index.ts";
import type { PairEnd } from "../../pool/proposer.ts";
import { proposes } from "../../sources/relay/node-order.ts";
import { DEFAULT_MAX_HOPS, type Network } from "../network/network.ts";
import { canonical } from "../network/network-stamp.ts";

/** A pair with a node that no link joins with this one. */
export interface PairPlan {
  /** Names the pair at both nodes; no link is called so. */
  readonly pairId: string;
  readonly other: string;
  readonly end: PairEnd;
  readonly secret: SecretBytes;
  /** Address of the other node; null where that one dials. */
  readonly connect: string | null;
  /** What every way of their blocks keeps to. */
  readonly maxHops: number;
  readonly shares: number;
  /** How post-quantum and hybrid keys of the pair are made, and whether an application of either node takes any. */
  readonly kem: KemName;
  readonly combiner: Combiner;
  readonly exchanges: boolean;
}

/** Secrets placed beforehand at both nodes of a pair, by the other node's name. */
export type PairSecrets = Readonly<Record<string, { readonly secret: SecretBytes }>>;

/** The pairs that a node has beside those of its links: with every node that it has a secret for. */
export function pairPlans(network: Network, node: string, secrets: PairSecrets): readonly PairPlan[] {
  return Object.entries(secrets).map(([other, { secret }]) => ({
    pairId: pairIdOf(node, other),
    other,
    end: proposes(node, other) ? "proposer" : "acceptor",
    secret,
    connect: dials(network, node, other) ? (network.nodes[other]?.address ?? null) : null,
    ...termsOf(network, node, other),
    kem: network.kem ?? "ML-KEM-768",
    combiner: network.combiner ?? "kdf",
    exchanges: policiesOf(network, node, other).some(({ mode }) => mode !== "qkd-only"),
  }));
}

/** Names have no tilde. */
function pairIdOf(node: string, other: string): string {
  const [first, second] = proposes(node, other) ? [node, other] : [other, node];
  return `${first}~${second}`;
}

/** The acceptor dials the proposer; where that has no address, the other way round. */
function dials({ nodes }: Network, node: string, other: string): boolean {
  if (nodes[other]?.address === undefined) return false;
  return nodes[node]?.address === undefined || !proposes(node, other);
}

/** Blocks are the pair's and not an application's: they keep to the strictest policy that takes relayed keys at all. */
function termsOf(network: Network, node: string, other: string) {
  const own = policiesOf(network, node, other).filter(
    ({ mode, maxHops = DEFAULT_MAX_HOPS }) => mode !== "pqc-only" && maxHops > 1,
  );
  return {
    maxHops: Math.min(DEFAULT_MAX_HOPS, ...own.map(({ maxHops = DEFAULT_MAX_HOPS }) => maxHops)),
    shares: Math.max(1, ...own.map(({ shares = 1 }) => shares)),
  };
}

function policiesOf({ saes = [], policies = {} }: Network, node: string, other: string) {
  return saes
    .filter((sae) => sae.node === node || sae.node === other)
    .flatMap(({ policy }) => policies[policy ?? ""] ?? []);
}

/** Whether a running pair goes on under another plan. */
export function samePair(before: PairPlan, now: PairPlan): boolean {
  const { secret, ...rest } = before;
  const { secret: other, ...others } = now;
  return (
    canonical(rest) === canonical(others) && Buffer.from(secret.reveal()).equals(Buffer.from(other.reveal()))
  );
}
