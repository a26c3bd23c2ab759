import type { LinkState } from "../routing/link-state.ts";
import { freeBits } from "../routing/rank-floors.ts";
import { linkSettings } from "./network/link-settings.ts";
import type { Network } from "./network/network.ts";
import type { NodeLink } from "./node-link.ts";

/** What this node can give towards each neighbour now. What its half brings and loses a second is not told yet. */
export function ownLinkStates(
  links: readonly NodeLink[],
  network: Network,
  up: (neighbour: string) => boolean,
): Promise<readonly LinkState[]> {
  return Promise.all(
    links.map(async ({ linkId, neighbour, store, keys }): Promise<LinkState> => {
      const { availableBits } = await store.pool.status("qkd");
      return {
        neighbour,
        freeBits: freeBits(availableBits / 8, "critical"),
        leastRateBps: 0,
        demandBps: 0,
        up: up(neighbour),
        epsilon: blockBound(network, linkId),
        auth: keys.ledger?.()?.auth ?? "information-theoretic",
      };
    }),
  );
}

function blockBound({ links }: Network, linkId: string): number {
  const link = links.find(({ id }) => id === linkId);
  if (link === undefined) return 1;
  const { epsilonSecrecy, epsilonCorrectness } = linkSettings(link);
  return epsilonSecrecy + epsilonCorrectness;
}
