// Counts of the settings looked at, by sender basis * 3 + level.
import { CODES, SEEN, SEEN_BITS } from "./memory";

export function beginSeen(): void {
  memory.fill(SEEN, 0, 48);
}

@inline
function add(index: u32, number: i32): void {
  const at = SEEN + ((<usize>index) << 3);
  store<f64>(at, load<f64>(at) + <f64>number);
}

@inline
export function see(settings: u32): void {
  add((settings & 1) * 3 + ((settings >> 2) & 3), 1);
}

@inline
function ones(lanes: v128): i32 {
  const quarters = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(lanes));
  const halves = i32x4.add(quarters, v128.shuffle<u32>(quarters, quarters, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}

/** Counts the settings of candidates from..to - 1. */
export function seeRange(from: i32, to: i32): void {
  let i = from;
  for (; i < to && (i & 15) != 0; i++) see(load<u8>(CODES + <usize>i));
  let a = i8x16.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  const mask = v128.load(SEEN_BITS);
  const one = v128.load(SEEN_BITS, 16);
  const four = v128.load(SEEN_BITS, 32);
  const five = v128.load(SEEN_BITS, 48);
  const eight = v128.load(SEEN_BITS, 64);
  const nine = v128.load(SEEN_BITS, 80);
  const zero = i8x16.splat(0);
  // A lane counts at most a batch's sixteenth: no overflow.
  for (; i + 16 <= to; i += 16) {
    const settings = v128.and(v128.load(CODES + <usize>i), mask);
    a = i8x16.sub(a, i8x16.eq(settings, zero));
    b = i8x16.sub(b, i8x16.eq(settings, four));
    c = i8x16.sub(c, i8x16.eq(settings, eight));
    d = i8x16.sub(d, i8x16.eq(settings, one));
    e = i8x16.sub(e, i8x16.eq(settings, five));
    f = i8x16.sub(f, i8x16.eq(settings, nine));
  }
  add(0, ones(a));
  add(1, ones(b));
  add(2, ones(c));
  add(3, ones(d));
  add(4, ones(e));
  add(5, ones(f));
  for (; i < to; i++) see(load<u8>(CODES + <usize>i));
}
