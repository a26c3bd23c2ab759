import type { NodeId } from "../../pool/pads/pad-store.ts";
import { arrived, arriving, incomplete } from "./gather-shares.ts";
import { hopFault } from "./hop-fault.ts";
import { isEnd, passed, passing, refusal } from "./pass-share.ts";
import { overdue, proposalCommitted, proposed, refusedOnTheWay, withoutSent } from "./propose-block.ts";
import type { OpenHop, RelayEffect, RelayInput, RelayState } from "./relay-state.ts";
import { endsOf } from "./relayed-block.ts";

type Stepped = readonly [RelayState, readonly RelayEffect[]];
type Input<Type> = Extract<RelayInput, { readonly type: Type }>;

/** A relay that has heard nothing yet. */
export const freshRelay = (node: NodeId): RelayState => ({ node, sent: [], gathered: [] });

/**
 * Brings equal bits to two nodes over others that both trust (SPEC-PEER 7.6): as the origin of a block, as a node of its
 * way, as its target. A pad is marked on disk before anything leaves under it or is done with what it opened; what left is
 * never sent again; a crash at any place costs pads and the block, never more. Pure: what a commit came to is an input, and
 * no key is in any of it.
 */
export function relayStep(state: RelayState, input: RelayInput): Stepped {
  switch (input.type) {
    case "propose":
      return proposed(state, input);
    case "hop":
      return [state, heard(state, input)];
    case "committed":
      return committed(state, input);
    case "unsent":
      return unsent(state, input.hop);
    case "refused":
      return refusedOnTheWay(state, input);
    case "decided":
      return [withoutSent(state, input.blockId), []];
    case "tick": {
      const [gathered, wipes] = incomplete(state, input.atMs);
      const [sent, voids] = overdue(gathered, input.atMs);
      return [sent, [...wipes, ...voids]];
    }
  }
}

function heard(state: RelayState, input: Input<"hop">): readonly RelayEffect[] {
  const { from, hop } = input;
  const why = hopFault(state.node, from, hop);
  if (why !== null) {
    const event = { type: "lied" as const, node: from, blockId: hop.blockId, why };
    return [{ do: "tell", event }];
  }
  return isEnd(hop, state) ? arriving(state, input) : passing(input);
}

function committed(state: RelayState, input: Input<"committed">): Stepped {
  const { work } = input;
  if (work.role === "origin") return proposalCommitted(state, work.proposal, input);
  return work.role === "relay" ? [state, passed(work.hop, input)] : arrived(state, work.hop, input);
}

/** Its pads are burnt; the origin gives its block up, any other node says so. */
function unsent(state: RelayState, hop: OpenHop): Stepped {
  const { blockId, position, sender } = hop;
  if (position > 0) return [state, [refusal({ ...hop, position: position - 1 }, "linkDown")]];
  const { acceptor } = endsOf({ paths: hop.shares.map(({ path }) => path) });
  const path = hop.shares[hop.share]?.path ?? [];
  return [
    withoutSent(state, blockId),
    [
      { do: "giveUp", acceptor, blockId },
      { do: "tell", event: { type: "refused", acceptor, blockId, path, at: sender, reason: "linkDown" } },
    ],
  ];
}
