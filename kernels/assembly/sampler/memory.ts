// Fixed buffers of the event sampler, and the state that its parts share.
import { BATCH, MAX_PENDING, TABLE_WORDS } from "../../sampler-layout";

/** Constants of the stretch of gates at hand (sampler-layout.ts). */
export const TABLES: usize = memory.data(19216, 16);
/** Seed words on the way in; afterwards the four xoshiro lanes and three scalar generators live here. */
export const GENERATORS: usize = memory.data(112, 16);
export const GAP_STREAM: usize = GENERATORS + 64;
export const EVENT_STREAM: usize = GENERATORS + 80;
export const AFTER_STREAM: usize = GENERATORS + 96;

/** A batch's words of the lanes: a byte a candidate for its first event, then words or up to five bytes each for its gap. */
export const LANE_WORDS: usize = memory.data(3072, 16);
export const EVENT_BYTES: usize = LANE_WORDS;
export const GAP_WORDS: usize = LANE_WORDS + BATCH;
/** Top bytes of the digits' thresholds, flipped to signed order, and aliases, digit after digit. */
export const DIGIT_BYTES: usize = memory.data(96, 16);
/** Shuffles that take the unused upper bytes out of eight pairs of bytes. */
export const GAP_PAIRS: usize = memory.data(4096, 16);
/** Candidates: offset in the window, table row, code byte, code of the gate before. */
export const OFFSETS: usize = memory.data(2048, 16);
/** Offset of every sixteenth candidate, the first of them the sixteenth. */
export const BLOCK_ENDS: usize = memory.data(128, 16);
/** Pairs of keys of the mixes, each in four lanes; the earlier ones are the sender's for the high word before. */
export const SENDER_KEYS: usize = memory.data(32, 16);
export const RECEIVER_KEYS: usize = memory.data(32, 16);
export const EARLIER_KEYS: usize = memory.data(32, 16);
/** Thresholds less one, each in four lanes: receiver's basis, sender's choices. */
export const SETTING_CUTS: usize = memory.data(96, 16);
/** Sender's basis and level bits by minus the choice, in four bits. */
export const CHOICE_CODES: usize = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 5, 1, 8, 4]);
/** Constants as data: the compiler would otherwise build the vector anew at every use. */
export const LOW_31: usize = memory.data<u32>([0x7fffffff, 0x7fffffff, 0x7fffffff, 0x7fffffff]);
export const NIBBLES: usize = memory.data<u64>([0x0f0f0f0f0f0f0f0f, 0x0f0f0f0f0f0f0f0f]);
export const UPPER_NIBBLES: usize = memory.data<u64>([0xf0f0f0f0f0f0f0f0, 0xf0f0f0f0f0f0f0f0]);
/** The bits of basis and level, then what they are. */
export const SEEN_BITS: usize = memory.data<u64>([
  0x0d0d0d0d0d0d0d0d, 0x0d0d0d0d0d0d0d0d,
  0x0101010101010101, 0x0101010101010101,
  0x0404040404040404, 0x0404040404040404,
  0x0505050505050505, 0x0505050505050505,
  0x0808080808080808, 0x0808080808080808,
  0x0909090909090909, 0x0909090909090909,
]);
export const BITS_4: usize = memory.data<u64>([0x1010101010101010, 0x1010101010101010]);
export const BITS_6: usize = memory.data<u64>([0x4040404040404040, 0x4040404040404040]);
export const BITS_7: usize = memory.data<u64>([0x8080808080808080, 0x8080808080808080]);
/** Top bytes of the rows' thresholds: detector 0, then either detector, 32 rows each. */
export const TOP_BYTES: usize = memory.data(64, 16);
/** Candidates that may click, close together: offset, code. */
export const HIT_OFFSETS: usize = memory.data(2144, 16);
export const HIT_CODES: usize = memory.data(544, 16);
/** Where blind time applies: those that it leaves out too, and places of some of them as u16. */
export const ALL_OFFSETS: usize = memory.data(2144, 16);
export const ALL_CODES: usize = memory.data(544, 16);
export const REVIVED: usize = memory.data(1088, 16);
/** Shuffles that bring the lanes of a mask together: four lanes of 32 bits, eight of 8 bits. */
export const GATHER_WORDS: usize = memory.data(256, 16);
export const GATHER_BYTES: usize = memory.data(2048, 16);
/** Hits that are not exactly one avalanche, as u16. */
export const SPECIALS: usize = memory.data(1088, 16);
/** Offsets of up to two batches' detections, with room for one before and vectors behind. */
const FOUND_ROOM: usize = memory.data(4192, 16);
export const FOUND: usize = FOUND_ROOM + 16;
/** Multipliers of the mixes. */
export const MIX_CONSTANTS: usize = memory.data<u32>([
  0xed5ad4bb, 0xed5ad4bb, 0xed5ad4bb, 0xed5ad4bb, 0xac4c1b51, 0xac4c1b51, 0xac4c1b51, 0xac4c1b51, 0x31848bab,
  0x31848bab, 0x31848bab, 0x31848bab, 0x21f0aaad, 0x21f0aaad, 0x21f0aaad, 0x21f0aaad, 0xd35a2d97, 0xd35a2d97,
  0xd35a2d97, 0xd35a2d97,
]);
export const ROW_OF: usize = memory.data(2048, 16);
export const CODES: usize = memory.data(512, 16);
export const BEFORE: usize = memory.data(512, 16);

/** Delays of the carriers that the next trapping avalanche leaves, as u32. */
export const DELAYS: usize = memory.data(144, 16);
/** Waiting carriers, latest first: 2 * offset + detector as i64. */
export const PENDING: usize = memory.data(32768, 16);
/** Numbers handed to the caller: six counts of settings seen as f64. */
export const SEEN: usize = memory.data(48, 16);
/** The same: eight counts of detections as u32. */
export const COUNTS: usize = memory.data(32, 16);

assert(TABLE_WORDS * 4 == 19216 && BATCH == 512 && MAX_PENDING * 8 == 32768);

@inline
export function table(word: i32): u32 {
  return load<u32>(TABLES + ((<usize>word) << 2));
}
