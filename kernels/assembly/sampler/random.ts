import { NUMBER_TABLE_WORDS } from "../../sampler-layout";
import { GENERATORS, TABLES } from "./memory";

/** One step of xoshiro128++ on the four words at `at`. */
export function scalarWord(at: usize): u32 {
  const s0 = load<u32>(at);
  let s1 = load<u32>(at, 4);
  let s2 = load<u32>(at, 8);
  let s3 = load<u32>(at, 12);
  const result = rotl<u32>(s0 + s3, 7) + s0;
  const shifted = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  store<u32>(at, s0 ^ s3);
  store<u32>(at, s1, 4);
  store<u32>(at, s2 ^ shifted, 8);
  store<u32>(at, rotl<u32>(s3, 11), 12);
  return result;
}

@inline
function rotateLanes(x: v128, left: i32): v128 {
  return v128.or(i32x4.shl(x, left), i32x4.shr_u(x, 32 - left));
}

/** Writes `bytes` bytes of words of the four lanes in turn. */
export function laneWords(to: usize, bytes: usize): void {
  let s0 = v128.load(GENERATORS);
  let s1 = v128.load(GENERATORS, 16);
  let s2 = v128.load(GENERATORS, 32);
  let s3 = v128.load(GENERATORS, 48);
  const end = to + bytes;
  for (let at = to; at < end; at += 16) {
    v128.store(at, i32x4.add(rotateLanes(i32x4.add(s0, s3), 7), s0));
    const shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotateLanes(s3, 11);
  }
  v128.store(GENERATORS, s0);
  v128.store(GENERATORS, s1, 16);
  v128.store(GENERATORS, s2, 32);
  v128.store(GENERATORS, s3, 48);
}

/** Larger values of a geometric table are reported as this one. */
const CAP: u32 = 0x40000000;

/** Draws from the geometric table at word `at`; rare further words come from `stream`. */
@inline
export function drawGeometric(at: i32, first: u32, stream: usize): u32 {
  const base = TABLES + ((<usize>at) << 2);
  const digit = digitOf(base, first);
  return (load<u32>(base) == 0 && digit != 255) ? digit : drawLong(base, digit, stream);
}

@inline
function digitOf(base: usize, word: u32): u32 {
  const index = word >> 24;
  const entry = load<u32>(base + ((<usize>index) << 2), 128);
  return select(index, entry & 255, (word & 0xffffff) < entry >> 8);
}

/** The same for a number of more digits than the one drawn. */
function drawLong(base: usize, first: u32, stream: usize): u32 {
  const shift = load<u32>(base);
  const cap = CAP >> shift;
  let digit = first;
  let high = first;
  while (true) {
    if (high >= cap) return CAP;
    if (digit != 255) break;
    digit = digitOf(base, scalarWord(stream));
    high += digit;
  }
  let value = high << shift;
  for (let bit: u32 = 0; bit < shift; bit++)
    if (scalarWord(stream) < load<u32>(base + ((<usize>bit) << 2), 4)) value += 1 << bit;
  return value;
}

/** One more than the count of tail thresholds above `word` in the Poisson table at word `at`. */
export function drawNumber(at: i32, word: u32): u32 {
  let number = 1;
  const base = TABLES + ((<usize>at) << 2);
  while (number <= NUMBER_TABLE_WORDS && word < load<u32>(base + ((<usize>number) << 2) - 4)) number++;
  return <u32>number;
}
