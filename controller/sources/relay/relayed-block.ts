import { createHash } from "node:crypto";
import type { PeerValueOf, relayHop } from "../../../protocol/index.ts";
import type { AuthClass, BlockEpsilon } from "../../pool/key-pool.ts";
import type { NodeId, RelayProvenance } from "../../pool/pads/pad-store.ts";

export type RelayHop = PeerValueOf<typeof relayHop>;

/** What is known of a relayed block before any of it leaves its origin; equal at every node that sees it. */
export interface RelayedBlock {
  /** Drawn for this block, so that its id is of no other one. */
  readonly nonce: string;
  readonly sequence: number;
  readonly createdAtMs: number;
  /** Its tail included. */
  readonly blockBytes: number;
  /** Bounds that the pads of all paths together keep, and the comparison of the tails. */
  readonly epsilon: BlockEpsilon;
  /** What its pads rest on at the weakest. */
  readonly auth: AuthClass;
  /** A path for each share, both ends included. */
  readonly paths: readonly (readonly NodeId[])[];
}

const LABEL = "qkdlink relay 1";

/**
 * The id of a block: it binds what is known of the block, so that tags of the agreement, which cover the id, prove to both
 * ends that they know the same of it, ways and bounds included (SPEC-PEER 7.6).
 */
export function relayedBlockId(block: RelayedBlock): string {
  const { nonce, sequence, createdAtMs, blockBytes, epsilon, auth, paths } = block;
  const { secrecy, correctness, authentication } = epsilon;
  const told = [
    LABEL,
    nonce,
    sequence,
    createdAtMs,
    blockBytes,
    secrecy,
    correctness,
    authentication,
    auth,
    paths,
  ];
  return createHash("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 32);
}

/** What a hop says of its block. */
export function blockOfHop(hop: RelayHop): RelayedBlock {
  const { nonce, sequence, createdAtMs, blockBytes, secrecy, correctness, authentication, auth, shares } =
    hop;
  return {
    nonce,
    sequence,
    createdAtMs,
    blockBytes,
    epsilon: { secrecy, correctness, authentication },
    auth,
    paths: shares.map(({ path }) => path),
  };
}

/** Both ends of a block: who proposes it, and who accepts it. */
export function endsOf({ paths }: Pick<RelayedBlock, "paths">): {
  readonly proposer: NodeId;
  readonly acceptor: NodeId;
} {
  return { proposer: paths[0]?.[0] ?? "", acceptor: paths[0]?.at(-1) ?? "" };
}

export const provenanceOf = ({ paths, auth }: RelayedBlock): RelayProvenance => ({ paths, auth });
