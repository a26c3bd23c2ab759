// Bringing together those of sixteen candidates that a mask names.
import { GATHER_BYTES, GATHER_WORDS } from "./memory";

/** Fills the shuffles, once. */
export function prepareShuffles(): void {
  if (load<u8>(GATHER_BYTES + 2047) != 0) return;
  for (let mask = 0; mask < 256; mask++) {
    let to = GATHER_BYTES + ((<usize>mask) << 3);
    for (let lane = 0; lane < 8; lane++) if (((mask >> lane) & 1) != 0) store<u8>(to++, lane);
  }
  for (let mask = 0; mask < 16; mask++) {
    let to = GATHER_WORDS + ((<usize>mask) << 4);
    for (let byte = 0; byte < 16; byte++) if (((mask >> (byte >> 2)) & 1) != 0) store<u8>(to++, byte);
  }
}

/** Stores those of sixteen code bytes that `mask` names, and rubbish behind. */
@inline
export function keepCodes(to: usize, codes: v128, mask: usize): void {
  const first = mask & 255;
  storeBytes(to, codes, first);
  storeBytes(to + <usize>popcnt(first), v128.shuffle<u64>(codes, codes, 1, 1), mask >> 8);
}

/** The same with the sixteen offsets at `from`. */
@inline
export function keepOffsets(to: usize, from: usize, mask: usize): void {
  const middle = to + ((<usize>popcnt(mask & 255)) << 2);
  storeWords(to, from, mask & 15);
  storeWords(to + ((<usize>popcnt(mask & 15)) << 2), from + 16, (mask >> 4) & 15);
  storeWords(middle, from + 32, (mask >> 8) & 15);
  storeWords(middle + ((<usize>popcnt((mask >> 8) & 15)) << 2), from + 48, mask >> 12);
}

@inline
function storeBytes(to: usize, codes: v128, mask: usize): void {
  const lanes = v128.load64_zero(GATHER_BYTES + (mask << 3));
  store<u64>(to, i64x2.extract_lane(i8x16.relaxed_swizzle(codes, lanes), 0));
}

@inline
function storeWords(to: usize, from: usize, mask: usize): void {
  const lanes = v128.load(GATHER_WORDS + (mask << 4));
  v128.store(to, i8x16.relaxed_swizzle(v128.load(from), lanes));
}
