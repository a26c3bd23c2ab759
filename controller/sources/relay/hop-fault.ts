import { MAX_RELAYED_BYTES } from "../../../protocol/index.ts";
import { MIN_BLOCK_BYTES } from "../../pool/block-tail.ts";
import { PAD_TAG_BYTES } from "../../pool/pads/pad-layout.ts";
import type { NodeId } from "../../pool/pads/pad-store.ts";
import { MOST_PAD_PLACES } from "../../pool/request-limits.ts";
import { proposes } from "./node-order.ts";
import { MOST_NODES, MOST_SHARES } from "./relay-limits.ts";
import { blockOfHop, endsOf, type RelayedBlock, type RelayHop, relayedBlockId } from "./relayed-block.ts";

/** Why no honest node sends this hop, or null. `from` is the neighbour on whose connection it came. */
export function hopFault(node: NodeId, from: NodeId, hop: RelayHop): string | null {
  const block = blockOfHop(hop);
  const path = block.paths[hop.share];
  const fault = blockFault(block);
  if (fault !== null) return fault;
  if (path === undefined) return "a share that the block does not have";
  if (hop.sender !== from || hop.receiver !== node) return "a hop that is not between these two nodes";
  if (path[hop.position] !== from || path[hop.position + 1] !== node) return "a hop that is not on its way";
  if (relayedBlockId(block) !== hop.blockId) return "an id that is not that of the block";
  return padFault(hop) ?? trailFault(hop);
}

/** Why no honest origin makes this block, or null. */
export function blockFault({ paths, blockBytes, epsilon }: RelayedBlock): string | null {
  const { proposer, acceptor } = endsOf({ paths });
  if (paths.length < 1 || paths.length > MOST_SHARES) return "a block of no shares, or of too many";
  if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_RELAYED_BYTES) return "a block outside the limits";
  if (Object.values(epsilon).some((bound) => bound < 0 || bound > 1)) return "a bound that is no probability";
  if (!proposes(proposer, acceptor)) return "a block that its acceptor has to propose";
  for (const path of paths) {
    if (path.length < 2 || path.length > MOST_NODES) return "a way of too few or too many nodes";
    if (new Set(path).size !== path.length) return "a way that crosses itself";
    if (path[0] !== proposer || path.at(-1) !== acceptor) return "ways with other ends";
  }
  return null;
}

function padFault({ places, blockBytes, position, ciphertext }: RelayHop): string | null {
  const padBytes = places.reduce((sum, { length }) => sum + length, 0);
  if (places.length < 1 || places.length > MOST_PAD_PLACES || places.some(({ length }) => length < 1))
    return "a pad of no places, or of too many";
  if (padBytes !== blockBytes + PAD_TAG_BYTES) return "a pad of another length than its block";
  if (ciphertext.length !== (position === 0 ? 0 : blockBytes))
    return "a share of another length than its block";
  return null;
}

function trailFault({ trail, position, auth }: RelayHop): string | null {
  if (trail.length !== position + 1) return "a trail of another length than the way so far";
  if (trail.some(({ epsilon }) => epsilon < 0)) return "a bound that is no probability";
  if (auth === "information-theoretic" && trail.some((pad) => pad.auth !== auth))
    return "a pad that is weaker than the block may be";
  return null;
}
