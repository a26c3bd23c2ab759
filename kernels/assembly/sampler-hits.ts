// Candidates that may click, gathered from a batch so that stretches of them can be copied.
import {
  CODES,
  GATHER_BYTES,
  GATHER_WORDS,
  HIT_CODES,
  HIT_OFFSETS,
  OFFSETS,
  SPECIALS,
} from "./sampler-memory";

export let hits: i32 = 0;
let specials: i32 = 0;
let nextSpecial: i32 = 0;

/** Fills the shuffles of `gather`, once. */
export function prepareGather(): void {
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

/** Gathers the candidates of a batch that have an event, and its last one; all of them where `everyone`. */
export function gatherHits(count: i32, everyone: bool): void {
  if (everyone) {
    memory.copy(HIT_OFFSETS, OFFSETS, (<usize>count) << 2);
    memory.copy(HIT_CODES, CODES, <usize>count);
    hits = count;
  } else {
    hits = gather(count);
    // The last candidate stays, so that a batch is used up when its gates have passed.
    if (count > 0) {
      const last = load<u32>(OFFSETS + ((<usize>(count - 1)) << 2));
      if (hits == 0 || load<u32>(HIT_OFFSETS + ((<usize>(hits - 1)) << 2)) != last) {
        store<u32>(HIT_OFFSETS + ((<usize>hits) << 2), last);
        store<u8>(HIT_CODES + <usize>hits, load<u8>(CODES + <usize>(count - 1)));
        hits++;
      }
    }
  }
  findSpecials();
}

function gather(count: i32): i32 {
  let to: usize = 0;
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const codes = v128.load(CODES + i);
    let mask = i8x16.bitmask(v128.or(codes, i8x16.add(codes, codes)));
    if (<usize>count < i + 16) mask &= (1 << <i32>(<usize>count - i)) - 1;
    const first = <usize>(mask & 255);
    const second = <usize>(mask >> 8);
    const middle = to + <usize>popcnt(first);
    const offsets = OFFSETS + (i << 2);
    const a = to + <usize>popcnt(first & 15);
    const b = middle + <usize>popcnt(second & 15);
    const later = v128.shuffle<u64>(codes, codes, 1, 1);
    storeBytes(to, codes, first);
    storeBytes(middle, later, second);
    storeWords(to, offsets, first & 15);
    storeWords(a, offsets + 16, first >> 4);
    storeWords(middle, offsets + 32, second & 15);
    storeWords(b, offsets + 48, second >> 4);
    to = middle + <usize>popcnt(second);
  }
  return <i32>to;
}

/** Stores those of the first eight codes that `mask` names at hit `to`, and rubbish behind. */
@inline
function storeBytes(to: usize, codes: v128, mask: usize): void {
  const lanes = v128.load64_zero(GATHER_BYTES + (mask << 3));
  store<u64>(HIT_CODES + to, i64x2.extract_lane(i8x16.swizzle(codes, lanes), 0));
}

/** Stores those of four offsets that `mask` names at hit `to`, and rubbish behind. */
@inline
function storeWords(to: usize, offsets: usize, mask: usize): void {
  const lanes = v128.load(GATHER_WORDS + (mask << 4));
  v128.store(HIT_OFFSETS + (to << 2), i8x16.swizzle(v128.load(offsets), lanes));
}

/** Lists the hits that do not make exactly one avalanche. */
function findSpecials(): void {
  specials = 0;
  nextSpecial = 0;
  const one = i8x16.splat(0x40);
  for (let i = 0; i < hits; i += 16) {
    // One of the two upper bits makes the sum's top bit, both carry past it.
    let mask = ~i8x16.bitmask(i8x16.add(v128.load(HIT_CODES + <usize>i), one)) & 0xffff;
    for (; mask != 0; mask &= mask - 1) {
      store<u16>(SPECIALS + ((<usize>specials) << 1), i + <i32>ctz(mask));
      specials++;
    }
  }
  // Behind the last hit lies rubbish; its first place ends the list.
  while (specials > 0 && <i32>load<u16>(SPECIALS + ((<usize>(specials - 1)) << 1)) >= hits) specials--;
  store<u16>(SPECIALS + ((<usize>specials) << 1), hits);
}

/** Index of the first special hit at or behind hit `from`; the number of hits if there is none. */
@inline
export function specialFrom(from: i32): i32 {
  let special = <i32>load<u16>(SPECIALS + ((<usize>nextSpecial) << 1));
  while (special < from) {
    nextSpecial++;
    special = <i32>load<u16>(SPECIALS + ((<usize>nextSpecial) << 1));
  }
  return special;
}
