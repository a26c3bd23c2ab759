// Code bytes of the frame being filled.
import { countDetections } from "./sampler-counts";

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

/** Codes of detections, where a click of the second detector is bit 5 unless both clicked: then it is random already. */
@inline
function withBit(codes: v128): v128 {
  const doubles = i8x16.eq(v128.and(codes, i8x16.splat(<i8>0xc0)), i8x16.splat(<i8>0xc0));
  const bits = i16x8.shr_u(v128.and(codes, i8x16.splat(<i8>0x80)), 2);
  const single = v128.or(v128.and(codes, i8x16.splat(<i8>0xdf)), bits);
  return v128.bitselect(codes, single, doubles);
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
    let codes = withBit(v128.load(codesAt + i));
    ones += popcnt<i32>(i8x16.bitmask(codes));
    codes = i8x16.add(codes, codes);
    zeros += popcnt<i32>(i8x16.bitmask(codes));
    const to = planes + (i >> 3);
    for (let plane: usize = 6; plane > 0; plane--) {
      codes = i8x16.add(codes, codes);
      store<u16>(to + (plane - 1) * stride, <u16>i8x16.bitmask(codes));
    }
  }
  clicksOfZero = zeros;
  clicksOfOne = ones;
  countDetections(planes, stride, <u32>length);
}
