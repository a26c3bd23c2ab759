/** Least stock that a pair is filled to, bits, and for how long the demand is kept ready. */
const LEAST_TARGET_BITS = 16_000;
const READY_S = 60;

/** A block is a quarter of the target, within these. */
const LEAST_BLOCK_BYTES = 512;
const MOST_BLOCK_BYTES = 2 ** 16;
const BLOCKS_OF_TARGET = 4;

/** What is known of a pair's stock of relayed key. */
export interface FillLevel {
  /** Own half, and what is pending of it. */
  readonly stockBits: number;
  readonly pendingBits: number;
  /** Key that is being taken of the pair, both ends together. */
  readonly demandBps: number;
}

/** What is to be done for it. */
export interface FillPlan {
  readonly targetBits: number;
  /** Bytes of each block, its tail included. */
  readonly blockBytes: number;
  readonly blocks: number;
}

/** How a pair is kept filled ahead of its demand; blocks of background rank. */
export function fillPlan({ stockBits, pendingBits, demandBps }: FillLevel): FillPlan {
  const targetBits = Math.max(LEAST_TARGET_BITS, Math.ceil(demandBps * READY_S));
  const wanted = Math.ceil(targetBits / 8 / BLOCKS_OF_TARGET);
  const blockBytes = Math.min(MOST_BLOCK_BYTES, Math.max(LEAST_BLOCK_BYTES, wanted));
  const lackBits = targetBits - stockBits - pendingBits;
  const blocks = lackBits <= 0 ? 0 : Math.min(BLOCKS_OF_TARGET, Math.ceil(lackBits / (blockBytes * 8)));
  return { targetBits, blockBytes, blocks };
}

/** Bytes of a block that somebody waits for: both halves of it may hold so many bits, beside its tail. */
export function blockOnDemandBytes(bits: number, tailBytes: number): number {
  return Math.min(MOST_BLOCK_BYTES, Math.max(LEAST_BLOCK_BYTES, Math.ceil(bits / 8) * 2 + tailBytes));
}
