import type { NodeId } from "../pool/pads/pad-store.ts";
import { cheapestPath } from "./cheapest-path.ts";
import type { KeyGraph } from "./key-graph.ts";
import { costOf, type KeyPath } from "./key-path.ts";
import { shortestPaths } from "./shortest-paths.ts";

/** First ways that are tried where the cheapest set has one that is too long. */
const TRIED = 16;

/**
 * `count` ways that share no node but their ends, the cheapest together, or null where there are not so many (R. Bhandari,
 * Survivable Networks, 1999: each new way may undo parts of the earlier ones). A limit of hops makes the question hard in
 * general; where the cheapest set has a way that is too long, sets are tried that begin with each of the first ways.
 */
export function disjointPaths(
  graph: KeyGraph,
  from: NodeId,
  to: NodeId,
  { maxHops, count }: { readonly maxHops: number; readonly count: number },
): readonly KeyPath[] | null {
  const cheapest = cheapestSet(graph, from, to, count);
  if (cheapest === null) return null;
  if (cheapest.every(({ nodes }) => nodes.length - 1 <= maxHops)) return cheapest;
  let best: readonly KeyPath[] | null = null;
  for (const first of shortestPaths(graph, from, to, { maxHops, count: TRIED })) {
    const set = oneByOne(graph, from, to, first, { maxHops, count });
    if (set !== null && (best === null || sumOf(set) < sumOf(best))) best = set;
  }
  return best;
}

const sumOf = (paths: readonly KeyPath[]): number => paths.reduce((sum, { cost }) => sum + cost, 0);

/** The first way, then each time the cheapest one beside those before it. */
function oneByOne(
  graph: KeyGraph,
  from: NodeId,
  to: NodeId,
  first: KeyPath,
  { maxHops, count }: { readonly maxHops: number; readonly count: number },
): readonly KeyPath[] | null {
  const set = [first];
  const used = new Set(first.nodes.slice(1, -1));
  let direct = first.nodes.length === 2;
  while (set.length < count) {
    const next = cheapestPath(graph, from, to, {
      maxHops,
      withoutNodes: used,
      mayGo: (node, neighbour) => !(direct && node === from && neighbour === to),
    });
    if (next === null) return null;
    for (const node of next.nodes.slice(1, -1)) used.add(node);
    direct ||= next.nodes.length === 2;
    set.push(next);
  }
  return set;
}

/** A link of the graph in which every node is two, what comes in and what goes out. */
interface Arc {
  readonly from: string;
  readonly to: string;
  readonly cost: number;
}

/** The cheapest set without a limit of hops, by as many ways that undo what is dear of those before them. */
function cheapestSet(graph: KeyGraph, from: NodeId, to: NodeId, count: number): readonly KeyPath[] | null {
  let used = new Map<string, Arc>();
  const arcs = splitArcs(graph);
  for (let number = 0; number < count; number += 1) {
    const way = cheapestWay(residual(arcs, used), outOf(from), into(to));
    if (way === null) return null;
    used = new Map(used);
    for (const arc of way)
      if (!used.delete(nameOf(arc.to, arc.from))) used.set(nameOf(arc.from, arc.to), arc);
  }
  return waysOf(graph, used, from, to);
}

const into = (node: NodeId): string => `i${node}`;
const outOf = (node: NodeId): string => `o${node}`;
const nameOf = (from: string, to: string): string => `${from}\n${to}`;

function splitArcs(graph: KeyGraph): readonly Arc[] {
  const nodes = new Set([
    ...graph.keys(),
    ...[...graph.values()].flatMap((edges) => edges.map(({ to }) => to)),
  ]);
  const within = [...nodes].map((node) => ({ from: into(node), to: outOf(node), cost: 0 }));
  const between = [...graph].flatMap(([node, edges]) =>
    edges.map(({ to, cost }) => ({ from: outOf(node), to: into(to), cost })),
  );
  return [...within, ...between];
}

/** What is used can only be gone back over, which gives its cost back. */
function residual(arcs: readonly Arc[], used: ReadonlyMap<string, Arc>): readonly Arc[] {
  return [
    ...arcs.filter(({ from, to }) => !used.has(nameOf(from, to))),
    ...[...used.values()].map(({ from, to, cost }) => ({ from: to, to: from, cost: -cost })),
  ];
}

/** The cheapest way where costs may be negative, but no circle is (Bellman and Ford). */
function cheapestWay(arcs: readonly Arc[], from: string, to: string): readonly Arc[] | null {
  const costs = new Map([[from, 0]]);
  const last = new Map<string, Arc>();
  for (let changed = true, round = 0; changed && round <= arcs.length; round += 1) {
    changed = false;
    for (const arc of arcs) {
      const cost = (costs.get(arc.from) ?? Number.POSITIVE_INFINITY) + arc.cost;
      // Sums that should be equal differ by rounding, and going round between them would have no end.
      if (!(cost < (costs.get(arc.to) ?? Number.POSITIVE_INFINITY) - 1e-9)) continue;
      costs.set(arc.to, cost);
      last.set(arc.to, arc);
      changed = true;
    }
  }
  if (!last.has(to)) return null;
  const way: Arc[] = [];
  for (let arc = last.get(to); arc !== undefined; arc = arc.from === from ? undefined : last.get(arc.from))
    way.unshift(arc);
  return way;
}

function waysOf(
  graph: KeyGraph,
  used: ReadonlyMap<string, Arc>,
  from: NodeId,
  to: NodeId,
): readonly KeyPath[] {
  const nextOf = new Map<string, string[]>();
  for (const arc of used.values()) nextOf.set(arc.from, [...(nextOf.get(arc.from) ?? []), arc.to]);
  const firsts = nextOf.get(outOf(from)) ?? [];
  const paths = firsts.map((first) => {
    const nodes = [from];
    for (
      let at: string | undefined = first;
      at !== undefined;
      at = nextOf.get(outOf(nodes.at(-1) as NodeId))?.[0]
    ) {
      nodes.push(at.slice(1));
      if (nodes.at(-1) === to) break;
    }
    return { nodes, cost: costOf(graph, nodes) };
  });
  return paths.toSorted((one, other) => one.cost - other.cost || one.nodes.length - other.nodes.length);
}
