import { KernelError } from "../../errors/index.ts";
import { checkBytes } from "../arguments.ts";
import type { CascadeSetup } from "../kernels.ts";

/** Longest frame in bits; a permutation of it fits 16-bit indices. */
export const MAX_FRAME_BITS = 65536;
/** Random subsets that must be even before a frame counts as clean, besides one for each wave a subset began. */
export const CLEAN_RUN = 14;
/** Passes at most, extensions included: what a 64-bit word can number. */
export const MAX_PASSES = 64;
/** Masks at most that cut a frame into the cells of pass 2. */
export const MAX_CELL_PLANES = 4;
/** Odd ranges bisected at once in a frame; more wait for the next wave. */
export const WAVE_LEAVES = 2048;
/** Least product of the block lengths of passes 1 and 2, each times the error rate; the most is twice that. */
const BLOCK_PRODUCT = 1.7;
const MAX_KEY_BITS = 256 * MAX_FRAME_BITS;

/** Everything both sides derive alike from a setup before the first round. */
export interface CascadePlan {
  readonly frames: number;
  /** Slots a frame, a multiple of 64; all frames but the last hold as many key bits. Equal for all longer cohorts. */
  readonly frameBits: number;
  readonly lastFrameBits: number;
  /** Block length of pass 1, in place. */
  readonly firstBlock: number;
  /** Block length of pass 2, on the random permutation. */
  readonly secondBlock: number;
  /** Pass 3 cuts the frame into 2^cellPlanes cells by as many random masks. */
  readonly cellPlanes: number;
}

/**
 * Block lengths of passes 1 and 2. Their product against the error rate decides how often the two passes wake each
 * other: a larger one discloses less and takes more rounds. Powers of two, since halves of equal length end together; no
 * longer than a frame.
 */
function blockLengths(rate: number, frameBits: number): readonly [number, number] {
  const log = Math.ceil(Math.log2(BLOCK_PRODUCT / rate ** 2));
  const firstLog = (log - 1) >> 1;
  return [Math.min(frameBits, 2 ** firstLog), Math.min(frameBits, 2 ** (log - firstLog))];
}

/** Cuts the key into the longest frames, so that cohorts share tables, and chooses block sizes from the announced error rate. */
export function planCascade(setup: CascadeSetup): CascadePlan {
  const { keyBits, qber } = setup;
  if (!Number.isSafeInteger(keyBits) || keyBits < 1)
    throw new KernelError("QKD_KERNEL_INPUT", "a cohort needs at least one key bit", {
      context: { keyBits },
    });
  if (keyBits > MAX_KEY_BITS)
    throw new KernelError("QKD_KERNEL_LIMIT", "a cohort holds at most 2^24 bits", { context: { keyBits } });
  if (!(qber >= 0 && qber <= 0.5))
    throw new KernelError("QKD_KERNEL_INPUT", "an error rate lies between 0 and 0.5", { context: { qber } });
  checkBytes("seed", setup.seed, 32);
  checkBytes("key", setup.key, Math.ceil(keyBits / 8));
  const frames = Math.ceil(keyBits / MAX_FRAME_BITS);
  const frameBits = Math.min(MAX_FRAME_BITS, 64 * Math.ceil(keyBits / 64));
  const rate = Math.min(0.25, Math.max(0.0005, qber));
  const [firstBlock, secondBlock] = blockLengths(rate, frameBits);
  const cellPlanes = Math.min(MAX_CELL_PLANES, Math.max(1, Math.round(Math.log2((rate * frameBits) / 64))));
  const lastFrameBits = keyBits - (frames - 1) * frameBits;
  return { frames, frameBits, lastFrameBits, firstBlock, secondBlock, cellPlanes };
}
