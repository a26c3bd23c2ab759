import type { AuthClass, BlockEpsilon } from "../pool/key-pool.ts";
import type { NodeId } from "../pool/pads/pad-store.ts";
import { disjointPaths } from "./disjoint-paths.ts";
import type { KeyGraph } from "./key-graph.ts";
import type { KeyPath } from "./key-path.ts";
import { shortestPaths } from "./shortest-paths.ts";

/** What is asked of the ways of a block. */
export interface WaysWanted {
  readonly maxHops: number;
  /** Who knows fewer than all of so many shares knows nothing of the block. */
  readonly shares: number;
  /** Ways that failed a moment ago, which are taken only where there are no others. */
  readonly avoided?: readonly (readonly NodeId[])[];
}

/** The ways of a block, one for each share, and what can be promised of it. */
export interface ChosenWays {
  readonly paths: readonly (readonly NodeId[])[];
  readonly epsilon: BlockEpsilon;
  readonly auth: AuthClass;
}

/** Hops that the network lets a way have, unless a policy says otherwise. */
export const DEFAULT_MAX_HOPS = 6;

/**
 * The ways of the next block between two nodes, or null where there are none. A bound of a relayed block is the sum of those
 * of all its pads: any of them may be what fails.
 */
export function chooseWays(
  graph: KeyGraph,
  from: NodeId,
  to: NodeId,
  { maxHops, shares, avoided = [] }: WaysWanted,
): ChosenWays | null {
  const names = new Set(avoided.map((path) => path.join("\n")));
  const failed = ({ nodes }: KeyPath) => names.has(nodes.join("\n"));
  if (shares > 1) {
    const paths = disjointPaths(graph, from, to, { maxHops, count: shares });
    return paths === null ? null : promised(graph, paths);
  }
  const ways = shortestPaths(graph, from, to, { maxHops });
  const [first] = ways;
  if (first === undefined) return null;
  return promised(graph, [ways.find((way) => !failed(way)) ?? first]);
}

function promised(graph: KeyGraph, paths: readonly KeyPath[]): ChosenWays {
  const edges = paths.flatMap(({ nodes }) =>
    nodes.slice(1).map((to, index) => graph.get(nodes[index] as NodeId)?.find((edge) => edge.to === to)),
  );
  const secrecy = edges.reduce((sum, edge) => sum + (edge?.epsilon ?? 1), 0);
  const weak = edges.some((edge) => edge?.auth !== "information-theoretic");
  return {
    paths: paths.map(({ nodes }) => nodes),
    epsilon: { secrecy: Math.min(1, secrecy), correctness: 0, authentication: 0 },
    auth: weak ? "computational" : "information-theoretic",
  };
}
