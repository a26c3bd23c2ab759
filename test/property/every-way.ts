import type { KeyGraph } from "../../controller/routing/key-graph.ts";
import { before, costOf, type KeyPath } from "../../controller/routing/key-path.ts";

/** Every way without a node twice of at most so many hops, in order, found by trying all. */
export function everyWay(graph: KeyGraph, from: string, to: string, maxHops: number): readonly KeyPath[] {
  const found: KeyPath[] = [];
  const go = (nodes: readonly string[]): void => {
    const last = nodes.at(-1) as string;
    if (last === to) found.push({ nodes, cost: costOf(graph, nodes) });
    else if (nodes.length <= maxHops)
      for (const edge of graph.get(last) ?? []) if (!nodes.includes(edge.to)) go([...nodes, edge.to]);
  };
  go([from]);
  return found.toSorted((one, other) => (before(one, other) ? -1 : 1));
}

/** Whether no node but the ends is in two of them, and they are not the same link. */
export function areDisjoint(paths: readonly KeyPath[]): boolean {
  const between = paths.flatMap(({ nodes }) => nodes.slice(1, -1));
  const direct = paths.filter(({ nodes }) => nodes.length === 2).length;
  return new Set(between).size === between.length && direct <= 1;
}

/** The least cost of so many disjoint ways together, found by trying all sets; null where there is none. */
export function leastOfSets(ways: readonly KeyPath[], count: number): number | null {
  let least: number | null = null;
  const go = (at: number, set: readonly KeyPath[], cost: number): void => {
    if (set.length === count) {
      if (least === null || cost < least) least = cost;
      return;
    }
    for (let next = at; next < ways.length; next += 1) {
      const way = ways[next] as KeyPath;
      if (areDisjoint([...set, way])) go(next + 1, [...set, way], cost + way.cost);
    }
  };
  go(0, [], 0);
  return least;
}
