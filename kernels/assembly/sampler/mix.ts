// Words of sender and receiver: exclusive or of two keyed permutations of the gate's low word.
import { RECEIVER_KEY_AT, SENDER_KEY_AT } from "../../sampler-layout";
import { EARLIER_KEYS, MIX_CONSTANTS, RECEIVER_KEYS, SENDER_KEYS, table } from "./memory";
import { philoxGate } from "./philox";

/** Low word of the window's first gate. */
export let windowLow: u32 = 0;
export let windowHigh: u32 = 0;

/** The window begins at another gate. */
export function moveWindow(high: u32, low: u32): void {
  windowHigh = high;
  windowLow = low;
}

/** To be called when the tables or the window change. */
export function prepareMix(): void {
  storeKeys(SENDER_KEYS, windowHigh, SENDER_KEY_AT);
  storeKeys(RECEIVER_KEYS, windowHigh, RECEIVER_KEY_AT);
  storeKeys(EARLIER_KEYS, windowHigh - 1, SENDER_KEY_AT);
}

/** Stores a party's keys for a high counter word, folded as the gates are that they meet. */
function storeKeys(to: usize, high: u32, keyAt: i32): void {
  const keys = philoxGate(high, table(keyAt + 1), table(keyAt));
  const first = <u32>keys;
  const second = <u32>(keys >> 32);
  v128.store(to, i32x4.splat(first ^ (first >> 17)));
  v128.store(to, i32x4.splat(second ^ (second >> 16)), 16);
}

@inline
function folded(x: v128, right: i32): v128 {
  return v128.xor(x, i32x4.shr_u(x, right));
}

/** What both permutations do first is linear: it is done once for both keys. */
@inline
export function foldFirst(low: v128): v128 {
  return folded(low, 17);
}
@inline
export function foldSecond(low: v128): v128 {
  return folded(low, 16);
}

/** Words of four gates, folded for either permutation, under the pair of keys at `keys`. */
@inline
export function mixFour(first: v128, second: v128, keys: usize): v128 {
  let a = i32x4.mul(v128.xor(first, v128.load(keys)), v128.load(MIX_CONSTANTS));
  a = i32x4.mul(folded(a, 11), v128.load(MIX_CONSTANTS, 16));
  a = i32x4.mul(folded(a, 15), v128.load(MIX_CONSTANTS, 32));
  let b = i32x4.mul(v128.xor(second, v128.load(keys, 16)), v128.load(MIX_CONSTANTS, 48));
  b = i32x4.mul(folded(b, 15), v128.load(MIX_CONSTANTS, 64));
  return folded(v128.xor(a, b), 15);
}
