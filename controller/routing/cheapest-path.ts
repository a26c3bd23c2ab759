import type { NodeId } from "../pool/pads/pad-store.ts";
import type { KeyGraph } from "./key-graph.ts";
import { before, type KeyPath } from "./key-path.ts";

/** What a way may not use, and how long it may be. */
export interface PathLimits {
  readonly maxHops: number;
  readonly withoutNodes?: ReadonlySet<NodeId>;
  /** Whether a link may be used; all by default. */
  readonly mayGo?: (from: NodeId, to: NodeId) => boolean;
}

/**
 * The first way by `before` of at most `maxHops` hops, or null. Costs must be positive. Longest ways first would be wrong
 * under a limit of hops, which a search by cost alone (Dijkstra's) does not know: this one grows by hops (Bellman and Ford's).
 */
export function cheapestPath(
  graph: KeyGraph,
  from: NodeId,
  to: NodeId,
  { maxHops, withoutNodes = new Set(), mayGo = () => true }: PathLimits,
): KeyPath | null {
  let best: KeyPath | null = null;
  let ends = new Map<NodeId, KeyPath>([[from, { nodes: [from], cost: 0 }]]);
  const reached = new Map(ends);
  for (let hops = 1; hops <= maxHops && ends.size > 0; hops += 1) {
    const next = new Map<NodeId, KeyPath>();
    for (const [node, path] of ends) {
      if (node === to) continue;
      for (const { to: neighbour, cost } of graph.get(node) ?? []) {
        if (withoutNodes.has(neighbour) || path.nodes.includes(neighbour) || !mayGo(node, neighbour))
          continue;
        const longer = { nodes: [...path.nodes, neighbour], cost: path.cost + cost };
        const shorter = reached.get(neighbour);
        if (shorter !== undefined && !before(longer, shorter)) continue;
        const other = next.get(neighbour);
        if (other === undefined || before(longer, other)) next.set(neighbour, longer);
      }
    }
    for (const [node, path] of next) reached.set(node, path);
    const found = next.get(to);
    if (found !== undefined && (best === null || before(found, best))) best = found;
    ends = next;
  }
  return best;
}
