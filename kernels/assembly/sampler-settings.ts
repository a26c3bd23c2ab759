// Settings read off the words of the counter-based generators.
import {
  LEVEL_AT,
  RECEIVER_BASIS_AT,
  SENDER_BASIS_AT,
  SENDER_COUNTER_AT,
  SENDER_KEY_AT,
  SUBSTITUTE_BASIS_AT,
  SUBSTITUTE_COUNTER_AT,
  SUBSTITUTE_FRACTION_AT,
  SUBSTITUTE_KEY_AT,
} from "../sampler-layout";
import { table } from "./sampler-memory";
import { mixGate } from "./sampler-mix";
import { philoxFour, philoxGate, secondWords } from "./sampler-philox";

/** Lanes of 0 where the word lies below the threshold, else -1. */
@inline
function reaches(words: v128, threshold: u32): v128 {
  return i32x4.ge_u(words, i32x4.splat(threshold));
}

/** Sender's code bits of four gates from their words: basis, bit, level from bit 2, jitter level from bit 8. */
@inline
export function senderCode(first: v128, second: v128): v128 {
  const basis = v128.and(reaches(i32x4.shr_u(first, 1), table(SENDER_BASIS_AT)), i32x4.splat(1));
  const bit = i32x4.shl(v128.and(first, i32x4.splat(1)), 1);
  const levelWord = i32x4.shr_u(second, 3);
  const four = i32x4.splat(4);
  const level = i32x4.add(
    v128.and(reaches(levelWord, table(LEVEL_AT)), four),
    v128.and(reaches(levelWord, table(LEVEL_AT + 1)), four),
  );
  const jitter = i32x4.shl(v128.and(second, i32x4.splat(7)), 8);
  return v128.or(v128.or(basis, bit), v128.or(level, jitter));
}

/** Receiver's code bits of four gates from their words: basis at bit 4, random bit at bit 5. */
@inline
export function receiverCode(first: v128): v128 {
  const basis = v128.and(reaches(i32x4.shr_u(first, 1), table(RECEIVER_BASIS_AT)), i32x4.splat(16));
  return v128.or(basis, i32x4.shl(v128.and(first, i32x4.splat(1)), 5));
}

/** Code bits of sender and receiver at one gate. */
export function codeOfGate(low: u32, high: u32): u32 {
  const sender = philoxGate(low, high ^ table(SENDER_COUNTER_AT), table(SENDER_KEY_AT));
  const receiver = mixGate(low);
  const first = <u32>sender;
  const level = <u32>(sender >> 32) >> 3;
  return (
    <u32>(first >> 1 >= table(SENDER_BASIS_AT)) |
    ((first & 1) << 1) |
    ((<u32>(level >= table(LEVEL_AT)) + <u32>(level >= table(LEVEL_AT + 1))) << 2) |
    (<u32>(receiver >> 1 >= table(RECEIVER_BASIS_AT)) << 4) |
    ((receiver & 1) << 5)
  );
}

/** Sender's code bits of four gates given by their low words. */
@inline
export function senderCodeOf(low: v128, high: u32): v128 {
  const first = philoxFour(low, high ^ table(SENDER_COUNTER_AT), table(SENDER_KEY_AT));
  return senderCode(first, secondWords);
}

/** States (bits 0-1) after a third party may have measured and replaced them. */
@inline
export function substitutedStates(low: v128, high: u32, states: v128): v128 {
  const first = philoxFour(low, high ^ table(SUBSTITUTE_COUNTER_AT), table(SUBSTITUTE_KEY_AT));
  const one = i32x4.splat(1);
  const passes = reaches(i32x4.shr_u(first, 1), table(SUBSTITUTE_FRACTION_AT));
  const basis = v128.and(reaches(i32x4.shr_u(secondWords, 1), table(SUBSTITUTE_BASIS_AT)), one);
  const guessed = i32x4.eq(basis, v128.and(states, one));
  const fresh = v128.or(basis, i32x4.shl(v128.and(secondWords, one), 1));
  return v128.bitselect(states, fresh, v128.or(passes, guessed));
}
