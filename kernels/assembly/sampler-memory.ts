// Fixed buffers of the event sampler, and the state that its parts share.
import { BATCH, MAX_PENDING, TABLE_WORDS } from "../sampler-layout";

/** Constants of the stretch of gates at hand (sampler-layout.ts). */
export const TABLES: usize = memory.data(19008, 16);
/** Seed words on the way in; afterwards the four xoshiro lanes and three scalar generators live here. */
export const GENERATORS: usize = memory.data(112, 16);
export const GAP_STREAM: usize = GENERATORS + 64;
export const EVENT_STREAM: usize = GENERATORS + 80;
export const AFTER_STREAM: usize = GENERATORS + 96;

export const GAP_WORDS: usize = memory.data(256, 16);
export const EVENT_WORDS: usize = memory.data(256, 16);
/** Candidates: offset in the window, table row, code byte, code of the gate before. */
export const OFFSETS: usize = memory.data(256, 16);
/** Words of the settings generators for a batch: sender first and second, receiver first. */
export const SENDER_FIRST: usize = memory.data(256, 16);
export const SENDER_SECOND: usize = memory.data(256, 16);
export const RECEIVER_FIRST: usize = memory.data(256, 16);
/** Offsets of the detections found in a batch, with room for one before and a vector behind. */
const FOUND_ROOM: usize = memory.data(352, 16);
export const FOUND: usize = FOUND_ROOM + 16;
/** Four ones, as data for the same reason as below. */
export const ONES: usize = memory.data<u32>([1, 1, 1, 1]);
/** Philox constants as data: the compiler would otherwise build the vector anew at every use. */
export const PHILOX_CONSTANTS: usize = memory.data<u32>([
  0xd256d193, 0xd256d193, 0xd256d193, 0xd256d193, 0x9e3779b9, 0x9e3779b9, 0x9e3779b9, 0x9e3779b9,
]);
export const ROW_OF: usize = memory.data(256, 16);
export const CODES: usize = memory.data(64, 16);
export const BEFORE: usize = memory.data(256, 16);

/** Waiting carriers, latest first: 2 * offset + detector as i64. */
export const PENDING: usize = memory.data(32768, 16);
/** Numbers handed to the caller: six counts of settings seen as f64. */
export const SEEN: usize = memory.data(48, 16);

assert(TABLE_WORDS * 4 == 19008 && BATCH == 64 && MAX_PENDING * 8 == 32768);

@inline
export function table(word: i32): u32 {
  return load<u32>(TABLES + ((<usize>word) << 2));
}
