import type { SecretBytes } from "../../../protocol/index.ts";
import type { AuthClass, NewBlock } from "../key-pool.ts";
import type { PadPlace, PadRequest, TakenPad } from "../pad.ts";

export type { PadPlace, TakenPad };

/** Name of a node, equal everywhere in its network. */
export type NodeId = string;

/** A pad wanted of the own half of the pair with a neighbour: body, hash key and mask (`pad-layout.ts`). */
export interface PadToTake extends PadRequest {
  readonly neighbour: NodeId;
}

/** A pad that a neighbour has taken and named, and what it proves. */
export interface PadToOpen {
  readonly neighbour: NodeId;
  readonly places: readonly PadPlace[];
  /** What the tag covers. */
  readonly text: Uint8Array;
  readonly tag: Uint8Array;
}

/** Over which nodes a block came, and what it rests on at the weakest. Equal at both ends. */
export interface RelayProvenance {
  /** A path for each share, both ends included; who knows all shares knows the block. */
  readonly paths: readonly (readonly NodeId[])[];
  readonly auth: AuthClass;
}

/** A block made of the pads that are taken with it: the exclusive-or of their bodies, its tail bound to it (`bind-tail.ts`). */
export interface BlockOfPads {
  /** The node at the other end, with which this node proposes the block. */
  readonly acceptor: NodeId;
  readonly block: Omit<NewBlock, "key" | "authBytes" | "padOffsets">;
  readonly provenance: RelayProvenance;
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
 * A node's store as a relay uses it: its pairs with neighbours give pads, its pairs with any node take blocks. What `commit`
 * names is on disk before it resolves, in this order: opened, taken, entered; afterwards no call gives those bytes again, be
 * it delivery's or a relay's. Rejects with KeyStoreError where the store failed: what it had done until then is burnt.
 *
 * Relay needs that order and no more: a pad is marked before anything is done under it, a block is pending before its first
 * hop leaves. One transaction for all of it, where one store holds all pairs, saves writes at every hop of the way.
 */
export interface PadStore<Secret = SecretBytes> {
  commit(work: PadCommit): Promise<PadsCommitted<Secret>>;
}
