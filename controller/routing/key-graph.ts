import type { AuthClass } from "../pool/key-pool.ts";
import type { NodeId } from "../pool/pads/pad-store.ts";
import type { KeyRank, LinkReport } from "./link-state.ts";
import { freeOfReported, RANK_FLOORS, type RankFloors } from "./rank-floors.ts";

/** One direction of a link over which key can go now. */
export interface KeyEdge {
  readonly to: NodeId;
  readonly cost: number;
  readonly freeBits: number;
  /** Bound of a pad of this half, and what it rests on. */
  readonly epsilon: number;
  readonly auth: AuthClass;
}

/** Where key can go from each node. */
export type KeyGraph = ReadonlyMap<NodeId, readonly KeyEdge[]>;

/** What is wanted of every link of a way. */
export interface KeyNeed {
  /** Pad that a hop takes, bits. */
  readonly bits: number;
  readonly rank: KeyRank;
  /** What pads may rest on at the weakest. */
  readonly auth: AuthClass;
}

/** How far a link's rate and demand are looked ahead. */
const AHEAD_S = 60;

/**
 * The links that can give what is needed now, each with its cost: 1 for the hop, and the part that the need is of what the
 * half will have within a minute. A link without light relays on from its stock. Links to nowhere, twice in one report and
 * to the reporter itself are left out.
 */
export function keyGraph(
  reports: Iterable<LinkReport>,
  { bits, rank, auth }: KeyNeed,
  floors: RankFloors = RANK_FLOORS,
): KeyGraph {
  const graph = new Map<NodeId, KeyEdge[]>();
  for (const { reporter, links } of reports) {
    const edges = new Map<NodeId, KeyEdge>();
    for (const link of links) {
      const { neighbour, up, leastRateBps, demandBps, epsilon } = link;
      const free = freeOfReported(link.freeBits, rank, floors);
      if (!up || free < bits || neighbour === reporter || edges.has(neighbour)) continue;
      if (auth === "information-theoretic" && link.auth !== auth) continue;
      const coming = free + (leastRateBps - demandBps) * AHEAD_S;
      // Where more is taken than comes, the stock is all that is sure.
      const cost = 1 + bits / Math.max(coming, bits);
      edges.set(neighbour, { to: neighbour, cost, freeBits: free, epsilon, auth: link.auth });
    }
    graph.set(reporter, [...edges.values()]);
  }
  return graph;
}
