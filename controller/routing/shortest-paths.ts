import type { NodeId } from "../pool/pads/pad-store.ts";
import { cheapestPath } from "./cheapest-path.ts";
import type { KeyGraph } from "./key-graph.ts";
import { before, costOf, type KeyPath } from "./key-path.ts";

/** Ways that are looked at between two nodes. */
export const WAYS = 4;

/**
 * The first `count` ways without a node twice, in the order of `before`, each of at most `maxHops` hops (J. Y. Yen, Finding
 * the K shortest loopless paths in a network, Management Science 17, 1971).
 */
export function shortestPaths(
  graph: KeyGraph,
  from: NodeId,
  to: NodeId,
  { maxHops, count = WAYS }: { readonly maxHops: number; readonly count?: number },
): readonly KeyPath[] {
  const first = cheapestPath(graph, from, to, { maxHops });
  const found: KeyPath[] = first === null ? [] : [first];
  const candidates = new Map<string, KeyPath>();
  while (found.length > 0 && found.length < count) {
    const { nodes } = found.at(-1) as KeyPath;
    for (let at = 0; at < nodes.length - 1; at += 1) {
      const root = nodes.slice(0, at + 1);
      const spur = root[at] as NodeId;
      // What follows this root in a way that is known already.
      const taken = new Set(
        found
          .filter((path) => root.every((node, index) => path.nodes[index] === node))
          .map((path) => path.nodes[at + 1]),
      );
      const rest = cheapestPath(graph, spur, to, {
        maxHops: maxHops - at,
        withoutNodes: new Set(root),
        mayGo: (node, next) => node !== spur || !taken.has(next),
      });
      if (rest === null) continue;
      const whole = [...root, ...rest.nodes.slice(1)];
      candidates.set(whole.join("\n"), { nodes: whole, cost: costOf(graph, whole) });
    }
    const next = [...candidates.values()].reduce<KeyPath | null>(
      (least, path) => (least === null || before(path, least) ? path : least),
      null,
    );
    if (next === null) break;
    candidates.delete(next.nodes.join("\n"));
    found.push(next);
  }
  return found;
}
