import type { PeerValueOf, relayRefused } from "../../../protocol/index.ts";
import type { AuthClass } from "../../pool/key-pool.ts";
import type { NodeId, PadCommit, PadFailure, PadPlace } from "../../pool/pads/pad-store.ts";
import type { RelayEvent, RelayRank } from "./relay-ports.ts";
import type { RelayedBlock, RelayHop } from "./relayed-block.ts";

export type RelayRefused = PeerValueOf<typeof relayRefused>;

/** What a block is proposed with. */
export interface RelayProposal {
  readonly blockId: string;
  readonly block: RelayedBlock;
  readonly rank: RelayRank;
  /** How long somebody waits for it, ms. */
  readonly leftMs: number;
  readonly traceId: string;
  readonly spanId: string;
}

/** A hop without what is secret of it, and without its tag. */
export type OpenHop = Omit<RelayHop, "ciphertext" | "tag">;

/** A pad as it is spoken of. */
export interface PadFacts {
  readonly places: readonly PadPlace[];
  readonly epsilon: number;
  readonly auth: AuthClass;
}

/** A block that left here and is not decided on yet. */
export interface SentBlock {
  readonly blockId: string;
  readonly paths: RelayedBlock["paths"];
  readonly untilMs: number;
}

/** A block of which shares have come. */
export interface GatheredBlock {
  readonly blockId: string;
  readonly block: RelayedBlock;
  readonly shares: readonly number[];
  /** Sum of the bounds of the pads of these shares. */
  readonly epsilon: number;
  readonly untilMs: number;
}

/** What a relay keeps in memory; everything else is on disk. No key. */
export interface RelayState {
  readonly node: NodeId;
  readonly sent: readonly SentBlock[];
  readonly gathered: readonly GatheredBlock[];
}

/** What a commit is made for; it comes back with what it came to. */
export type RelayWork =
  | { readonly role: "origin"; readonly proposal: RelayProposal }
  | { readonly role: "relay" | "target"; readonly hop: OpenHop };

/** What happens to a relay. Times of `atMs` are of a clock that nobody sets. */
export type RelayInput =
  /** This node proposes a block; the halves towards the first nodes keep so much. */
  | {
      readonly type: "propose";
      readonly proposal: RelayProposal;
      readonly leastLeftBytes: readonly number[];
    }
  /** `next`: whether the node after this one can be reached; the half towards it keeps `leastLeftBytes`. */
  | {
      readonly type: "hop";
      readonly from: NodeId;
      readonly hop: RelayHop;
      readonly text: Uint8Array;
      readonly next: "up" | "down" | "notHere";
      readonly leastLeftBytes: number;
    }
  | {
      readonly type: "committed";
      readonly work: RelayWork;
      readonly failure: PadFailure | null;
      /** Whether a pad was opened, and its tag is right. */
      readonly opened: boolean;
      readonly pads: readonly PadFacts[];
      /** How long the node has had the hop. */
      readonly heldMs: number;
      readonly atMs: number;
    }
  /** A hop could not be given to the connection. */
  | { readonly type: "unsent"; readonly hop: OpenHop }
  /** `from`: the node at the other end of the connection that proved who it is. */
  | { readonly type: "refused"; readonly from: NodeId; readonly refused: RelayRefused }
  /** A block that this node proposed is released, or destroyed. */
  | { readonly type: "decided"; readonly blockId: string }
  | { readonly type: "tick"; readonly atMs: number };

/** What is to be done, strictly in order. Each is one commit, one message, or nothing that outlives a crash. */
export type RelayEffect =
  /** What it comes to is the next input, before anything else is done. */
  | { readonly do: "commit"; readonly commit: PadCommit; readonly work: RelayWork }
  /**
   * Sends once. The share is covered by the pad that was taken as number `pad` of the commit; `share`: it is what was
   * opened in it, or that pad itself.
   */
  | {
      readonly do: "sendHop";
      readonly to: NodeId;
      readonly hop: OpenHop;
      readonly pad: number;
      readonly share: "opened" | "pad";
    }
  /** What was opened in the commit waits in memory as a share of the block. */
  | { readonly do: "keepShare"; readonly blockId: string; readonly share: number }
  /** The exclusive-or of all shares goes to the agreement; then they are wiped. */
  | { readonly do: "offer"; readonly blockId: string; readonly block: RelayedBlock }
  | { readonly do: "wipeShares"; readonly blockId: string }
  | { readonly do: "sendRefused"; readonly to: NodeId; readonly refused: RelayRefused }
  | { readonly do: "giveUp"; readonly acceptor: NodeId; readonly blockId: string }
  /** The proposal has left, or could not. */
  | { readonly do: "answer"; readonly blockId: string; readonly failure: PadFailure | null }
  | { readonly do: "tell"; readonly event: RelayEvent };
