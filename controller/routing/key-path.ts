import type { NodeId } from "../pool/pads/pad-store.ts";
import type { KeyGraph } from "./key-graph.ts";

/** A way of key, both ends included. */
export interface KeyPath {
  readonly nodes: readonly NodeId[];
  readonly cost: number;
}

/** The cost of a way over that graph; infinite where a link is missing. */
export function costOf(graph: KeyGraph, nodes: readonly NodeId[]): number {
  return nodes.slice(1).reduce((sum, to, index) => {
    const edge = graph.get(nodes[index] as NodeId)?.find((each) => each.to === to);
    return sum + (edge?.cost ?? Number.POSITIVE_INFINITY);
  }, 0);
}

/** Which of two ways comes first: the cheaper one, then that of fewer hops, then by the names of its nodes. */
export function before(one: KeyPath, other: KeyPath): boolean {
  if (one.cost !== other.cost) return one.cost < other.cost;
  if (one.nodes.length !== other.nodes.length) return one.nodes.length < other.nodes.length;
  const at = one.nodes.findIndex((node, index) => node !== other.nodes[index]);
  return at >= 0 && (one.nodes[at] as NodeId) < (other.nodes[at] as NodeId);
}
