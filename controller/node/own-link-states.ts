import type { LinkState } from "../routing/link-state.ts";
import { freeBits } from "../routing/rank-floors.ts";
import type { LinkTraffic } from "./link-traffic.ts";
import { linkSettings } from "./network/link-settings.ts";
import type { Network } from "./network/network.ts";
import type { NodeLink } from "./node-link.ts";

/** What this node can give towards each neighbour now; `traffic` by the neighbour. A link that leaves meanwhile is left out. */
export async function ownLinkStates(
  links: readonly NodeLink[],
  traffic: ReadonlyMap<string, LinkTraffic>,
  network: Network,
  up: (neighbour: string) => boolean,
): Promise<readonly LinkState[]> {
  const states = await Promise.all(
    links.map(async ({ linkId, neighbour, store, keys }): Promise<readonly LinkState[]> => {
      const level = await store.pool.status("qkd").catch(() => null);
      if (level === null) return [];
      const state: LinkState = {
        neighbour,
        freeBits: freeBits(level.availableBits / 8, "critical"),
        ...(traffic.get(neighbour)?.rates() ?? { leastRateBps: 0, demandBps: 0 }),
        up: up(neighbour),
        epsilon: blockBound(network, linkId),
        auth: keys.ledger?.()?.auth ?? "information-theoretic",
      };
      return [state];
    }),
  );
  return states.flat();
}

function blockBound({ links }: Network, linkId: string): number {
  const link = links.find(({ id }) => id === linkId);
  if (link === undefined) return 1;
  const { epsilonSecrecy, epsilonCorrectness } = linkSettings(link);
  return epsilonSecrecy + epsilonCorrectness;
}
