import type { BlockFacts, BlockRelease, GoneReason, KeyOrigin } from "../pool/key-pool.ts";
import type { PairEnd } from "../pool/proposer.ts";
import type { SourceHoldings } from "../sources/block-source.ts";

/** What the acceptor says of a block that it holds. Equal each time it is said. */
export interface StoredClaim {
  readonly blockId: string;
  readonly origin: KeyOrigin;
  readonly sequence: number;
  /** 32 bytes as hex. */
  readonly provenance: string;
  readonly lackBytes: number;
  /** 16 bytes as hex. */
  readonly tag: string;
}

/** What the proposer says of a block that it handed out. Equal each time it is said. */
export interface ReleaseClaim extends BlockRelease {
  readonly blockId: string;
}

/** What only who holds a block's tail can say of it. */
export interface BlockProofs {
  readonly provenance: string;
  storedTag(lackBytes: number): string;
  releasedTag(boundaryBytes: number): string;
}

/** Blocks of an origin that the proposer has called absent: up to this number, but those that were under way then. */
export interface RefusedBlocks {
  readonly upTo: number;
  readonly except: readonly string[];
}

/** What an agreement keeps in memory; everything else is on disk. */
export interface AgreementState {
  readonly end: PairEnd;
  /** Claims of blocks that have not come here yet, oldest first. */
  readonly early: ReadonlyMap<string, StoredClaim>;
  readonly refused: Readonly<Partial<Record<KeyOrigin, RefusedBlocks>>>;
}

/** Why a block is destroyed that was not released. */
export type DiscardReason = "notHeld" | "tagWrong" | "noRoom" | "overdue";

/** What happens to an agreement; `block` is what the disk holds of it, null where it holds nothing. */
export type AgreementInput =
  /** This site's source has made the block, which is on no disk yet. */
  | {
      readonly type: "finished";
      readonly block: BlockFacts;
      readonly proofs: BlockProofs;
      readonly ownLackBytes: number;
    }
  /**
   * `holdings`: what the block's source has under way, where the block is not known and the peer asks. `lost`: its number is
   * among those that this store lost when it went back.
   */
  | {
      readonly type: "stored" | "ask";
      readonly claim: StoredClaim;
      readonly block: BlockFacts | null;
      readonly proofs: BlockProofs | null;
      readonly holdings: SourceHoldings | null;
      readonly lost: boolean;
      readonly ownLackBytes: number;
    }
  | {
      readonly type: "released";
      readonly claim: ReleaseClaim;
      readonly block: BlockFacts | null;
      readonly proofs: BlockProofs | null;
    }
  | { readonly type: "absent"; readonly blockId: string; readonly block: BlockFacts | null }
  /** The acceptor's pending block was not decided on for a while. */
  | { readonly type: "waiting"; readonly block: BlockFacts; readonly proofs: BlockProofs }
  /** The proposer's pending block was not claimed in time, or not at the opening. */
  | { readonly type: "overdue"; readonly block: BlockFacts };

/** What is to be done, strictly in order. Each is one commit or one message. */
export type AgreementEffect =
  | { readonly do: "add"; readonly blockId: string }
  /** The key is wiped: the block never comes onto the disk. */
  | { readonly do: "refuse"; readonly blockId: string }
  | { readonly do: "release"; readonly blockId: string; readonly release: BlockRelease }
  | { readonly do: "discard"; readonly blockId: string; readonly reason: DiscardReason }
  | { readonly do: "lose"; readonly blockId: string; readonly reason: GoneReason }
  | { readonly do: "sendStored"; readonly claim: StoredClaim }
  | { readonly do: "sendAsk"; readonly claim: StoredClaim }
  | { readonly do: "sendReleased"; readonly claim: ReleaseClaim }
  | { readonly do: "sendAbsent"; readonly blockId: string }
  | { readonly do: "sendHeard"; readonly blockId: string };
