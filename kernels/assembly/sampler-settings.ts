// Philox2x32-7 on four gates at once, and the settings read off its words.
import {
  LEVEL_AT,
  RECEIVER_BASIS_AT,
  RECEIVER_COUNTER_AT,
  RECEIVER_KEY_AT,
  SENDER_BASIS_AT,
  SENDER_COUNTER_AT,
  SENDER_KEY_AT,
  SUBSTITUTE_BASIS_AT,
  SUBSTITUTE_COUNTER_AT,
  SUBSTITUTE_FRACTION_AT,
  SUBSTITUTE_KEY_AT,
} from "../sampler-layout";
import { table } from "./sampler-memory";

const MULTIPLIER: u32 = 0xd256d193;
const WEYL: u32 = 0x9e3779b9;

/** First and second words of the generator after `philox`: wasm returns only one value. */
export let firstWords: v128 = i32x4.splat(0);
export let secondWords: v128 = i32x4.splat(0);

/** Writes the words of four counters to `firstWords` and `secondWords`. */
@inline
function philox(low: v128, high: v128, key: u32): void {
  const multiplier = i32x4.splat(MULTIPLIER);
  let left = low;
  let right = high;
  let roundKey = key;
  for (let round = 0; round < 7; round++) {
    const even = i64x2.extmul_low_i32x4_u(left, multiplier);
    const odd = i64x2.extmul_high_i32x4_u(left, multiplier);
    const productLow = v128.shuffle<u32>(even, odd, 0, 2, 4, 6);
    const productHigh = v128.shuffle<u32>(even, odd, 1, 3, 5, 7);
    left = v128.xor(v128.xor(productHigh, right), i32x4.splat(roundKey));
    right = productLow;
    roundKey += WEYL;
  }
  firstWords = left;
  secondWords = right;
}

/** Lanes of 0 where the 31-bit word lies below the threshold, else -1. */
@inline
function reaches(words: v128, threshold: u32): v128 {
  return i32x4.ge_u(words, i32x4.splat(threshold));
}

/** Sender's code bits of four gates: basis, bit, level from bit 2, jitter level from bit 8. */
@inline
export function senderSettings(low: v128, high: u32): v128 {
  philox(low, i32x4.splat(high ^ table(SENDER_COUNTER_AT)), table(SENDER_KEY_AT));
  const basis = v128.and(reaches(i32x4.shr_u(firstWords, 1), table(SENDER_BASIS_AT)), i32x4.splat(1));
  const bit = i32x4.shl(v128.and(firstWords, i32x4.splat(1)), 1);
  const levelWord = i32x4.shr_u(secondWords, 3);
  const four = i32x4.splat(4);
  const level = i32x4.add(
    v128.and(reaches(levelWord, table(LEVEL_AT)), four),
    v128.and(reaches(levelWord, table(LEVEL_AT + 1)), four),
  );
  const jitter = i32x4.shl(v128.and(secondWords, i32x4.splat(7)), 8);
  return v128.or(v128.or(basis, bit), v128.or(level, jitter));
}

/** Receiver's code bits of four gates: basis at bit 4, random bit at bit 5. */
@inline
export function receiverSettings(low: v128, high: u32): v128 {
  philox(low, i32x4.splat(high ^ table(RECEIVER_COUNTER_AT)), table(RECEIVER_KEY_AT));
  const basis = v128.and(reaches(i32x4.shr_u(firstWords, 1), table(RECEIVER_BASIS_AT)), i32x4.splat(16));
  return v128.or(basis, i32x4.shl(v128.and(firstWords, i32x4.splat(1)), 5));
}

/** States (bits 0-1) after a third party may have measured and replaced them. */
@inline
export function substitutedStates(low: v128, high: u32, states: v128): v128 {
  philox(low, i32x4.splat(high ^ table(SUBSTITUTE_COUNTER_AT)), table(SUBSTITUTE_KEY_AT));
  const one = i32x4.splat(1);
  const passes = reaches(i32x4.shr_u(firstWords, 1), table(SUBSTITUTE_FRACTION_AT));
  const basis = v128.and(reaches(i32x4.shr_u(secondWords, 1), table(SUBSTITUTE_BASIS_AT)), one);
  const guessed = i32x4.eq(basis, v128.and(states, one));
  const fresh = v128.or(basis, i32x4.shl(v128.and(secondWords, one), 1));
  return v128.bitselect(states, fresh, v128.or(passes, guessed));
}
