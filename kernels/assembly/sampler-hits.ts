// Candidates that may click, gathered from a batch so that stretches of them can be copied.
import { CODES, HIT_CODES, HIT_GAPS, HIT_INDEX, HIT_OFFSETS, OFFSETS, SPECIALS } from "./sampler-memory";

export let hits: i32 = 0;
let specials: i32 = 0;
let nextSpecial: i32 = 0;

/** Gathers the candidates of a batch that have an event, and its last one; all of them where `everyone`. */
export function gatherHits(count: i32, everyone: bool): void {
  const least: u32 = everyone ? 0 : 0x40;
  let to: usize = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const code = <u32>load<u8>(CODES + i);
    store<u32>(HIT_OFFSETS + (to << 2), load<u32>(OFFSETS + (i << 2)));
    store<u8>(HIT_CODES + to, code);
    store<u16>(HIT_INDEX + (to << 1), i);
    to += <usize>(code >= least);
  }
  hits = <i32>to;
  // The last candidate stays, so that a batch is used up when its gates have passed.
  if (count > 0 && (to == 0 || <i32>load<u16>(HIT_INDEX + ((to - 1) << 1)) < count - 1)) hits++;
  findSpecials();
  findGaps();
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

/** Gaps from hit to hit as bytes; 128 or more where they do not fit seven bits. */
function findGaps(): void {
  for (let i: usize = 0; i < <usize>hits; i += 16) v128.store(HIT_GAPS + i, gapBytes(HIT_OFFSETS + (i << 2)));
}

/** Gaps before sixteen offsets at `at`, saturated to bytes. */
@inline
export function gapBytes(at: usize): v128 {
  const a = i32x4.sub(v128.load(at), v128.load(at - 4));
  const b = i32x4.sub(v128.load(at, 16), v128.load(at - 4, 16));
  const c = i32x4.sub(v128.load(at, 32), v128.load(at - 4, 32));
  const d = i32x4.sub(v128.load(at, 48), v128.load(at - 4, 48));
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}
