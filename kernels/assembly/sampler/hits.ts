// Candidates that may click, gathered from a batch so that stretches of them can be copied.
import { CODES, HIT_CODES, HIT_OFFSETS, OFFSETS, SPECIALS } from "./memory";
import { keepCodes, keepOffsets } from "./shuffles";

export let hits: i32 = 0;
/** Hits that are used up. */
export let cursor: i32 = 0;
let specials: i32 = 0;
let nextSpecial: i32 = 0;

/** Lists the candidates of a batch that have an event, and its last one; all of them where `everyone`. */
export function gatherHits(count: i32, everyone: bool): void {
  if (everyone) {
    memory.copy(HIT_OFFSETS, OFFSETS, (<usize>count) << 2);
    memory.copy(HIT_CODES, CODES, <usize>count);
    setHits(count);
  } else setHits(gather(count, HIT_CODES, HIT_OFFSETS));
}

/** The list holds `count` hits, none of them used up. */
export function setHits(count: i32): void {
  hits = count;
  cursor = 0;
  listSpecials();
}

/** Goes to hit `place` of the list. */
@inline
export function moveTo(place: i32): void {
  cursor = place;
}

/** Takes `count` hits as used up. */
@inline
export function useHits(count: i32): void {
  cursor += count;
}

/** The same apart from the list; returns their number. */
@inline
export function gather(count: i32, codesTo: usize, offsetsTo: usize): i32 {
  let to: usize = 0;
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const codes = v128.load(CODES + i);
    let mask = i8x16.bitmask(v128.or(codes, i8x16.add(codes, codes)));
    if (<usize>count <= i + 16) {
      const last = 1 << (count - 1 - <i32>i);
      // The last candidate stays, so that a batch is used up when its gates have passed.
      mask = (mask & (last - 1)) | last;
    }
    keepCodes(codesTo + to, codes, <usize>mask);
    keepOffsets(offsetsTo + (to << 2), OFFSETS + (i << 2), <usize>mask);
    to += <usize>popcnt(mask);
  }
  return <i32>to;
}

/** True for a code that does not make exactly one avalanche. */
@inline
export function isSpecial(code: u32): bool {
  return code < 0x40 || code >= 0xc0;
}

/** Lists the hits that do not make exactly one avalanche. */
export function listSpecials(): void {
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

/** Index of the first special hit not used up; the number of hits if there is none. */
@inline
export function specialAhead(): i32 {
  let special = <i32>load<u16>(SPECIALS + ((<usize>nextSpecial) << 1));
  while (special < cursor) {
    nextSpecial++;
    special = <i32>load<u16>(SPECIALS + ((<usize>nextSpecial) << 1));
  }
  return special;
}

/** Offset of the next hit. */
@inline
export function hitAhead(): u32 {
  return load<u32>(HIT_OFFSETS + ((<usize>cursor) << 2));
}
