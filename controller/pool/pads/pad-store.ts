import type { SecretBytes } from "../../../protocol/index.ts";
import type { AuthClass, NewBlock } from "../key-pool.ts";

/** Name of a node, equal everywhere in its network. */
export type NodeId = string;

/** A range of a block of origin `qkd` that two neighbours share; bytes of the block's keys. */
export interface PadPlace {
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
}

/** A pad wanted of the own half of the pair with a neighbour. */
export interface PadToTake {
  readonly neighbour: NodeId;
  /** Body, hash key and mask (`pad-layout.ts`). */
  readonly bytes: number;
  /** Bytes that the half must hold afterwards: a less urgent use leaves more. */
  readonly leastLeftBytes: number;
  /** What the pad may rest on at the weakest. */
  readonly auth: AuthClass;
}

/** A pad of this site's own half, marked used on disk. */
export interface TakenPad<Secret = SecretBytes> {
  /** Where it lies, in order, so that the neighbour finds it; 16 places at most. */
  readonly places: readonly PadPlace[];
  /** Of the one who took it, to wipe. */
  readonly material: Secret;
  /** Sum of the bounds of the blocks that it was taken from: that it is not what it should be. */
  readonly epsilon: number;
  readonly auth: AuthClass;
}

/** A pad that a neighbour has taken and named, and what it proves. */
export interface PadToOpen {
  readonly neighbour: NodeId;
  readonly places: readonly PadPlace[];
  /** What the tag covers. */
  readonly text: Uint8Array;
  readonly tag: Uint8Array;
}

/** A block made of the pads that are taken with it: the exclusive-or of their bodies. */
export interface BlockOfPads {
  /** The node at the other end, with which this node proposes the block. */
  readonly acceptor: NodeId;
  readonly block: Omit<NewBlock, "key" | "authBytes" | "padOffsets">;
}

/** What is done together. */
export interface PadCommit {
  /** First of all; kept whatever becomes of the rest, since a pad that was named is never opened twice. */
  readonly open: PadToOpen | null;
  /** All or none, and none where `open` fails. */
  readonly take: readonly PadToTake[];
  /** Becomes pending with the pads that are taken, or not at all. */
  readonly enter: BlockOfPads | null;
}

/**
 * `unknown`: the range is not held, or not of the neighbour's half. `used`: opened or fetched before. `tagWrong`: now marked
 * used, and the tag does not fit. `exhausted`: a half holds too little that may be taken. `noRoom`: the pair's pool is full.
 */
export type PadFailure = "unknown" | "used" | "tagWrong" | "exhausted" | "noRoom";

/** What a commit came to. */
export interface PadsCommitted<Secret = SecretBytes> {
  /** Null where all was done. */
  readonly failure: PadFailure | null;
  /** Body of the pad that was opened; null where none was, or its tag is wrong. */
  readonly opened: Secret | null;
  /** In the order of `take`; empty after a failure. */
  readonly taken: readonly TakenPad<Secret>[];
}

/**
 * A node's store as a relay uses it: its pairs with neighbours give pads, its pairs with any node take blocks. What one
 * `commit` names is on disk, all of it in one transaction, before it resolves; afterwards no call gives those bytes again,
 * be it delivery's or a relay's. Rejects with KeyStoreError where the store failed: then nothing was done.
 *
 * Relay needs the order and no more: a pad is marked before anything leaves under it, a block is pending before its first hop
 * leaves. One transaction saves the others, at every hop of the way.
 */
export interface PadStore<Secret = SecretBytes> {
  commit(work: PadCommit): Promise<PadsCommitted<Secret>>;
}
