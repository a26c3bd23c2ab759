import type { KeyOrigin, NewBlock } from "../pool/key-pool.ts";

/** How a source gets equal bits to both nodes. */
export type SourceKind = "distilled" | "exchanged" | "relayed" | "combined";

/** What a source has under way: blocks that may still be offered. */
export interface SourceHoldings {
  readonly blockIds: readonly string[];
  /** The highest number of a block that the source has begun here; -1 for none. */
  readonly newest: number;
}

/** What a source is asked for. */
export interface SourceWant {
  /** Key that this node's half should hold. */
  readonly bits: number;
  /** How long the one who asks waits, ms. */
  readonly timeoutMs?: number;
}

/**
 * Whatever gives two nodes the same bits: the distillation of a physical link, a key exchange, a relay over other
 * nodes. It hands blocks over by `SourcePorts.offer` and sees neither the agreement nor the pool behind it.
 */
export interface BlockSource {
  readonly kind: SourceKind;
  /** Of which origin its blocks are; no two sources of a pair share one. Null: it gives no blocks, only pads. */
  readonly origin: KeyOrigin | null;
  /**
   * What is under way at the proposer of the pair. When this resolves, every block that is not named and has a number up to
   * `newest` was offered before, or never will be.
   */
  holdings(): Promise<SourceHoldings>;
  /**
   * Both nodes have agreed on what earlier connections left, and the source may use the connection of this epoch; null when
   * it ended.
   */
  connected(epoch: number | null): void;
  /** A message of the other node, where the source's own messages come by the main thread. Rejects with PeerError. */
  receive?(kind: number, body: Uint8Array): Promise<unknown>;
  /**
   * Asks for key, and resolves when this node's half holds it. A source that cannot be hurried resolves at once.
   * Rejects with QKD_KEYSTORE_EXHAUSTED when it does not come in time.
   */
  fill(want: SourceWant): Promise<void>;
  /** Blocks under way are lost. Idempotent. */
  close(): Promise<void>;
}

/** What a source may do to the pair that it serves. */
export interface SourcePorts {
  /**
   * Hands a block over, to be stored here and agreed on with the other node. False, and the key wiped, where that is not
   * possible now. Rejects with KeyStoreError.
   */
  readonly offer: (block: NewBlock) => Promise<boolean>;
}
