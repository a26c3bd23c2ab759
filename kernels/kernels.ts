/**
 * Interfaces of the number-crunching kernels. Bit planes: bit i is byte i >> 3, weight 1 << (i & 7).
 * Inputs may be views of shared memory; results are fresh arrays owned by the caller unless said otherwise.
 */

/**
 * What two bits come to: one where neither, both, exactly one, at least one of them is one, or where they are equal.
 */
export type PlaneCombination = "neither" | "both" | "differ" | "either" | "agree";

/**
 * Bit planes side by side in the kernels' memory, so that the result of one operation is the input of the next without
 * a copy. Planes are named by slot, from 0; each slot has a length of its own, 0 at first.
 */
export interface PlaneSpace {
  /** Copies the first `bitCount` bits of a plane into a slot. */
  put(slot: number, plane: Uint8Array, bitCount: number): void;
  /** Combines two slots of equal length into `out`, which may be one of them. */
  combine(how: PlaneCombination, a: number, b: number, out: number): void;
  /**
   * Keeps the bits of the slots `from`, `from + 1` ... where `mask` is one, in order, in as many slots from `to` on, none
   * of them an input. Returns how many bits each keeps.
   */
  compact(mask: number, from: number, count: number, to: number): number;
  /** Number of ones. */
  ones(slot: number): number;
  /**
   * The plane itself, on a word boundary; bits past its length are zero. Valid until the slot changes, any other kernel
   * is called, or the work ends.
   */
  view(slot: number): Uint8Array;
}

/** Compaction and counting on bit planes. */
export interface BitKernel {
  /** Runs `work` on empty slots for planes of up to `bitCount` bits; they are wiped when it ends. */
  within<T>(slots: number, bitCount: number, work: (space: PlaneSpace) => T): T;
}

/** Which side of Cascade a state machine plays: only Bob flips bits. */
export type CascadeRole = "alice" | "bob";

/** What both sides must agree on before a cohort of frames is reconciled. */
export interface CascadeSetup {
  readonly role: CascadeRole;
  /** Expected error rate; sets the block sizes. Equal on both sides. */
  readonly qber: number;
  /** Public seed of permutations and subsets, equal on both sides, 32 bytes. */
  readonly seed: Uint8Array;
  /** Key bits; the last frame is padded with zeros that both sides know. */
  readonly key: Uint8Array;
  readonly keyBits: number;
}

/**
 * One side of Cascade over a cohort of frames, in lockstep: in each round both sides emit the parities of the same
 * ranges of their own key, exchange them, absorb the other's, and thereby agree on the next ranges.
 */
export interface CascadeCohort {
  /** Frames in this cohort; frame f covers key bits [f * frameBits, (f + 1) * frameBits), the last may be shorter. */
  readonly frames: number;
  /** Bits a frame, a multiple of 64, at most 65536. */
  readonly frameBits: number;
  /** True when every frame is clean; verify then, and `extend` if the tags differ. */
  readonly done: boolean;
  /** This side's parities of the current round, bit-packed; call once a round. */
  emit(): Uint8Array;
  /** The other side's parities of the same round. Throws KernelError-coded QkdError if the length differs. */
  absorb(peer: Uint8Array): void;
  /** Parity bits sent by one side so far, padding excluded: each was a linear function of that side's key. */
  readonly disclosedBits: number;
  readonly rounds: number;
  /** Bits Bob flipped (known to both sides). */
  readonly corrected: number;
  /**
   * Goes on after a failed verification: every frame compares `passes` more random subsets, a bit of leak each, and
   * corrects what they find. Both sides call it with the same number once `done`. A frame has 64 passes in all; when
   * none is left for any frame, `done` stays true: discard the cohort then.
   */
  extend(passes: number): void;
  /**
   * The key after the last round, `keyBits` bits; bits past them in the last byte are zero. It is written to the beginning
   * of `into` where that is given, and returned as a view of it.
   */
  result(into?: Uint8Array): Uint8Array;
  /** Zeroes the key and gives the memory back; counters remain readable. */
  free(): void;
}

/** Polynomial hashing for verification tags and Wegman-Carter authentication. */
export interface HashKernel {
  /** Bytes of a hash key and of a tag. */
  readonly keyBytes: number;
  readonly tagBytes: number;
  /**
   * Evaluates the message polynomial at the key (almost XOR universal). The length is part of the hash. Returns
   * `tagBytes` bytes; collision probability at most `collisionBound(byteLength)`.
   */
  polynomial(key: Uint8Array, message: Uint8Array): Uint8Array;
  collisionBound(byteLength: number): number;
  /** The same over a message given in pieces. */
  stream(key: Uint8Array): { update(piece: Uint8Array): void; digest(): Uint8Array };
}

/** Two-universal privacy amplification over a whole block. */
export interface PrivacyAmplificationKernel {
  /** Bytes of public seed for an input and output length in bits. */
  seedBytes(inputBits: number, outputBits: number): number;
  /** Hashes `inputBits` of `key` to `outputBits`. Throws QKD_KERNEL_LIMIT where the block is too large. */
  hash(key: Uint8Array, inputBits: number, outputBits: number, seed: Uint8Array): Uint8Array;
}

/** All kernels on one WebAssembly memory; one instance a thread. */
export interface Kernels {
  readonly bits: BitKernel;
  readonly hash: HashKernel;
  readonly privacyAmplification: PrivacyAmplificationKernel;
  cascade(setup: CascadeSetup): CascadeCohort;
}
