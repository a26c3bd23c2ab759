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
} from "../sampler-layout";
import { CHOICE_CODES, CODES, MIX_KEYS, OFFSETS, SETTING_CUTS, table } from "./sampler-memory";
import { mixFour, mixGate, senderKeys } from "./sampler-mix";
import { philoxFour, secondWords } from "./sampler-philox";

const RECEIVER_KEYS: usize = MIX_KEYS + 32;

/** To be called when the tables change. */
export function prepareSettings(): void {
  // Words have 31 bits, so signed comparisons serve; one less turns "at least" into "above".
  v128.store(SETTING_CUTS, i32x4.splat(table(RECEIVER_BASIS_AT) - 1));
  for (let i = 0; i < SENDER_CHOICES - 1; i++)
    v128.store(SETTING_CUTS + 16 + ((<usize>i) << 4), i32x4.splat(table(SENDER_CHOICE_AT + i) - 1));
}

/** Sender's 2 * choice + bit of four gates, and the receiver's code bits. */
@inline
function choicesOf(low: v128): v128 {
  const one = i32x4.splat(1);
  const sender = mixFour(low, MIX_KEYS);
  const receiver = mixFour(low, RECEIVER_KEYS);
  const word = i32x4.shr_u(sender, 1);
  // A true comparison is -1: subtracting it adds one.
  const lower = i32x4.add(
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 16)),
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 32)),
  );
  const upper = i32x4.add(
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 64)),
    i32x4.gt_s(word, v128.load(SETTING_CUTS, 80)),
  );
  const choice = i32x4.add(i32x4.add(lower, upper), i32x4.gt_s(word, v128.load(SETTING_CUTS, 48)));
  const basis = i32x4.gt_s(i32x4.shr_u(receiver, 1), v128.load(SETTING_CUTS));
  const bits = v128.or(v128.and(sender, one), i32x4.shl(v128.and(receiver, one), 5));
  return i32x4.sub(bits, i32x4.add(i32x4.add(choice, choice), i32x4.shl(basis, 4)));
}

/** Code bytes from bytes of choices; a byte of zero stays zero. */
@inline
function codesOf(choices: v128): v128 {
  const sender = i8x16.relaxed_swizzle(v128.load(CHOICE_CODES), v128.and(choices, i8x16.splat(15)));
  return v128.or(sender, v128.and(choices, i8x16.splat(0x30)));
}

/** Code bits of four gates. */
@inline
export function codesOfFour(low: v128): v128 {
  return codesOf(choicesOf(low));
}

/** Code bytes of candidates 0..count - 1. */
export function readSettings(count: i32, windowLow: u32): void {
  const base = i32x4.splat(windowLow);
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const at = OFFSETS + (i << 2);
    const a = choicesOf(i32x4.add(v128.load(at), base));
    const b = choicesOf(i32x4.add(v128.load(at, 16), base));
    const c = choicesOf(i32x4.add(v128.load(at, 32), base));
    const d = choicesOf(i32x4.add(v128.load(at, 48), base));
    v128.store(
      CODES + i,
      codesOf(i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d))),
    );
  }
}

/** Sender's code bits that a word stands for. */
@inline
function senderCode(word: u32): u32 {
  let choice: u32 = 0;
  for (let i = 0; i < SENDER_CHOICES - 1; i++) choice += <u32>(word >> 1 >= table(SENDER_CHOICE_AT + i));
  return load<u8>(CHOICE_CODES + <usize>(2 * choice + (word & 1)));
}

/** Code bits of sender and receiver at one gate of the high word at hand. */
export function codeOfGate(low: u32): u32 {
  const sender = mixGate(low, load<u32>(MIX_KEYS), load<u32>(MIX_KEYS, 16));
  const receiver = mixGate(low, load<u32>(RECEIVER_KEYS), load<u32>(RECEIVER_KEYS, 16));
  const basis = <u32>(receiver >> 1 >= table(RECEIVER_BASIS_AT));
  return senderCode(sender) | (basis << 4) | ((receiver & 1) << 5);
}

/** Sender's code bits at the last gate of the high word before `high`. */
export function lastSenderCode(high: u32): u32 {
  const keys = senderKeys(high - 1);
  return senderCode(mixGate(u32.MAX_VALUE, <u32>keys, <u32>(keys >> 32)));
}

/** Sender's jitter levels at four gates. */
@inline
export function jitterLevels(low: v128, high: u32): v128 {
  const words = philoxFour(low, high ^ table(JITTER_COUNTER_AT), table(JITTER_KEY_AT));
  return v128.and(words, i32x4.splat(7));
}

/** Lanes of 0 where the word lies below the threshold, else -1. */
@inline
function reaches(words: v128, threshold: u32): v128 {
  return i32x4.ge_u(words, i32x4.splat(threshold));
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
