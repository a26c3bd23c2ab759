// Code bytes of the frame being filled.
import { countDetections } from "./counts";

export let codesAt: usize = 0;
export let limit: i32 = 0;
export let detections: i32 = 0;
let clicksOfZero: i32 = 0;
let clicksOfOne: i32 = 0;

export function beginCodes(maxDetections: i32, codes: usize): void {
  limit = maxDetections;
  codesAt = codes;
  detections = 0;
}

/** Counts `count` detections whose codes lie behind the others already. */
@inline
export function addCodes(count: i32): void {
  detections += count;
}

/** Clicks of a detector among the codes split last. */
export function samplerClicks(detector: i32): i32 {
  return detector == 0 ? clicksOfZero : clicksOfOne;
}

/**
 * Splits the frame's codes into six planes of `stride` bytes from `planes` on and counts detections and each detector's
 * clicks; both areas reach to a multiple of 64 codes. Codes past the frame's end become zeros.
 */
export function samplerPlanes(planes: usize, stride: usize): void {
  const length = <usize>detections;
  memory.fill(codesAt + length, 0, 64);
  let zeros = 0;
  let ones = 0;
  const end = (length + 63) & ~63;
  for (let i: usize = 0; i < end; i += 16) {
    let codes = v128.load(codesAt + i);
    const one = i8x16.bitmask(codes);
    codes = i8x16.add(codes, codes);
    const zero = i8x16.bitmask(codes);
    codes = i8x16.add(codes, codes);
    const random = i8x16.bitmask(codes);
    ones += popcnt<i32>(one);
    zeros += popcnt<i32>(zero);
    const to = planes + (i >> 3);
    // The detector that clicked is the bit; where both did, it is random.
    store<u16>(to + 5 * stride, <u16>(one & (random | ~zero)));
    for (let plane: usize = 5; plane > 0; plane--) {
      codes = i8x16.add(codes, codes);
      store<u16>(to + (plane - 1) * stride, <u16>i8x16.bitmask(codes));
    }
  }
  clicksOfZero = zeros;
  clicksOfOne = ones;
  countDetections(planes, stride, <u32>length);
}
