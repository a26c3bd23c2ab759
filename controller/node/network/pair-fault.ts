import type { NetworkDraft } from "./network-remarks.ts";

/** Why two nodes share no keys over others, or null: they have to be two of the network, without a link, one with an address. */
export function pairFault(
  { nodes = {}, links = [] }: NetworkDraft,
  node: string,
  other: string,
): string | null {
  if (other === node) return `pairs.${other} is this node itself`;
  if (!Object.hasOwn(nodes, other)) return `pairs.${other} is no node of the network`;
  const link = links.find(({ ends }) =>
    [node, other].every((end) => (ends as readonly string[])?.includes(end)),
  );
  if (link !== undefined) return `pairs.${other} is a neighbour: the link ${link.id} gives their keys`;
  if (nodes[node]?.address === undefined && nodes[other]?.address === undefined)
    return `pairs.${other} cannot be reached: neither ${node} nor ${other} has an address in the network`;
  return null;
}
