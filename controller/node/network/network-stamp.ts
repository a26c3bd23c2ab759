import { createHash } from "node:crypto";
import { NETWORK_DIGEST_BYTES } from "../../../protocol/index.ts";
import type { NetworkPart, NetworkStamp } from "../../sources/network/network-word.ts";
import type { Network } from "./network.ts";

/** The stamp of a network. */
export function stampOf(network: Network): NetworkStamp {
  const parts: Record<NetworkPart, unknown> = {
    nodes: network.nodes,
    links: inOrder(network.links),
    saes: inOrder(network.saes ?? []),
    policies: policiesOf(network),
  };
  const digest = (part: NetworkPart): Uint8Array =>
    new Uint8Array(
      createHash("sha256").update(`qkdlink network ${part} `).update(canonical(parts[part])).digest(),
    ).subarray(0, NETWORK_DIGEST_BYTES);
  return {
    network: network.network,
    digests: {
      nodes: digest("nodes"),
      links: digest("links"),
      saes: digest("saes"),
      policies: digest("policies"),
    },
  };
}

/** How keys of both kinds are made goes with the policies, and stands beside them only where a file says it. */
function policiesOf({ policies = {}, kem, combiner }: Network): unknown {
  return kem === undefined && combiner === undefined ? policies : { policies, kem, combiner };
}

/** JSON with the members of every object in the order of their names, and none that are undefined. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}

/** The order of a list says nothing. */
function inOrder<T extends { readonly id: string }>(entries: readonly T[]): readonly T[] {
  return entries.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
