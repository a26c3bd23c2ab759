// Settings of sender and receiver read off their words, and what a third party makes of them.
import {
  JITTER_COUNTER_AT,
  JITTER_KEY_AT,
  RECEIVER_BASIS_AT,
  SENDER_CHOICE_AT,
  SENDER_CHOICES,
  SUBSTITUTE_BASIS_AT,
  SUBSTITUTE_COUNTER_AT,
  SUBSTITUTE_FRACTION_AT,
  SUBSTITUTE_KEY_AT,
} from "../../sampler-layout";
import { BITS_4, BITS_7, CHOICE_CODES, EARLIER_KEYS, LOW_31, NIBBLES, OFFSETS, RECEIVER_KEYS, SENDER_KEYS, SETTING_CUTS, table } from "./memory";
import { foldFirst, foldSecond, mixFour, windowHigh, windowLow } from "./mix";
import { philoxFour, secondWords } from "./philox";

/** To be called when the tables change. */
export function prepareSettings(): void {
  // Words have 31 bits, so signed comparisons serve; one less turns "at least" into "above".
  v128.store(SETTING_CUTS, i32x4.splat(table(RECEIVER_BASIS_AT) - 1));
  for (let i = 0; i < SENDER_CHOICES - 1; i++)
    v128.store(SETTING_CUTS + 16 + ((<usize>i) << 4), i32x4.splat(table(SENDER_CHOICE_AT + i) - 1));
}

/** Minus the sender's choice for four words. */
@inline
function choicesOf(words: v128): v128 {
  const word = v128.and(words, v128.load(LOW_31));
  // A true comparison is -1.
  const lower = i32x4.add(
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 16)),
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 32)),
  );
  const upper = i32x4.add(
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 48)),
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 64)),
  );
  return i32x4.add(i32x4.add(lower, upper), i32x4.gt_s(word, v128.load(SETTING_CUTS, 80)));
}

/** Minus the receiver's basis for four words. */
@inline
function basesOf(words: v128): v128 {
  return i32x4.gt_s(v128.and(words, v128.load(LOW_31)), v128.load(SETTING_CUTS));
}

/** Writes the code bytes of the gates `shift` behind the first `count` candidates. */
export function readSettings(to: usize, count: i32, shift: u32): void {
  const base = i32x4.splat(windowLow + shift);
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const at = OFFSETS + (i << 2);
    const a = senderWords(at, base);
    const x = receiverWords(at, base);
    const b = senderWords(at + 16, base);
    const y = receiverWords(at + 16, base);
    // Narrowing keeps signs and small numbers.
    const firstBits = i16x8.narrow_i32x4_s(a, b);
    const firstGuesses = i16x8.narrow_i32x4_s(x, y);
    const firstChoices = i16x8.narrow_i32x4_s(choicesOf(a), choicesOf(b));
    const firstBases = i16x8.narrow_i32x4_s(basesOf(x), basesOf(y));
    const c = senderWords(at + 32, base);
    const z = receiverWords(at + 32, base);
    const d = senderWords(at + 48, base);
    const w = receiverWords(at + 48, base);
    const bits = i8x16.narrow_i16x8_s(firstBits, i16x8.narrow_i32x4_s(c, d));
    const guesses = i8x16.narrow_i16x8_s(firstGuesses, i16x8.narrow_i32x4_s(z, w));
    const choices = i8x16.narrow_i16x8_s(firstChoices, i16x8.narrow_i32x4_s(choicesOf(c), choicesOf(d)));
    const bases = i8x16.narrow_i16x8_s(firstBases, i16x8.narrow_i32x4_s(basesOf(z), basesOf(w)));
    const half = v128.load(BITS_7);
    const sender = v128.or(
      i8x16.relaxed_swizzle(v128.load(CHOICE_CODES), v128.and(choices, v128.load(NIBBLES))),
      i16x8.shr_u(v128.and(bits, half), 6),
    );
    const receiver = v128.or(
      v128.and(bases, v128.load(BITS_4)),
      i16x8.shr_u(v128.and(guesses, half), 2),
    );
    v128.store(to + i, v128.or(sender, receiver));
  }
}

@inline
function senderWords(at: usize, base: v128): v128 {
  const low = i32x4.add(v128.load(at), base);
  return mixFour(foldFirst(low), foldSecond(low), SENDER_KEYS);
}

@inline
function receiverWords(at: usize, base: v128): v128 {
  const low = i32x4.add(v128.load(at), base);
  return mixFour(foldFirst(low), foldSecond(low), RECEIVER_KEYS);
}

/** Sender's code bits that four equal words stand for. */
@inline
function senderCode(words: v128): u32 {
  const choice = <usize>(i32x4.extract_lane(choicesOf(words), 0) & 15);
  return <u32>load<u8>(CHOICE_CODES + choice) | ((<u32>i32x4.extract_lane(words, 0) >> 31) << 1);
}

/** Code bits of sender and receiver at one gate of the window. */
export function codeOfGate(offset: u32): u32 {
  const low = i32x4.splat(windowLow + offset);
  const first = foldFirst(low);
  const second = foldSecond(low);
  const receiver = mixFour(first, second, RECEIVER_KEYS);
  const basis = i32x4.extract_lane(basesOf(receiver), 0) & 16;
  const guess = (<u32>i32x4.extract_lane(receiver, 0) >> 31) << 5;
  return senderCode(mixFour(first, second, SENDER_KEYS)) | <u32>basis | guess;
}

/** Sender's code bits at the last gate of the high word before the window's. */
export function lastSenderCode(): u32 {
  const last = i32x4.splat(-1);
  return senderCode(mixFour(foldFirst(last), foldSecond(last), EARLIER_KEYS));
}

/** Sender's jitter levels at four gates. */
@inline
export function jitterLevels(low: v128): v128 {
  const words = philoxFour(low, windowHigh ^ table(JITTER_COUNTER_AT), table(JITTER_KEY_AT));
  return v128.and(words, i32x4.splat(7));
}

/** Lanes of 0 where the word lies below the threshold, else -1. */
@inline
function reaches(words: v128, threshold: u32): v128 {
  return i32x4.ge_u(words, i32x4.splat(threshold));
}

/** States (bits 0-1) after a third party may have measured and replaced them. */
@inline
export function substitutedStates(low: v128, states: v128): v128 {
  const first = philoxFour(low, windowHigh ^ table(SUBSTITUTE_COUNTER_AT), table(SUBSTITUTE_KEY_AT));
  const one = i32x4.splat(1);
  const passes = reaches(i32x4.shr_u(first, 1), table(SUBSTITUTE_FRACTION_AT));
  const basis = v128.and(reaches(i32x4.shr_u(secondWords, 1), table(SUBSTITUTE_BASIS_AT)), one);
  const guessed = i32x4.eq(basis, v128.and(states, one));
  const fresh = v128.or(basis, i32x4.shl(v128.and(secondWords, one), 1));
  return v128.bitselect(states, fresh, v128.or(passes, guessed));
}
