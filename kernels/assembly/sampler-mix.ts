// Words of sender and receiver: exclusive or of two keyed permutations of the gate's low word.
import { RECEIVER_COUNTER_AT, RECEIVER_KEY_AT, SENDER_COUNTER_AT, SENDER_KEY_AT } from "../sampler-layout";
import { MIX_CONSTANTS, RECEIVER_KEYS, SENDER_KEYS, table } from "./sampler-memory";
import { philoxGate } from "./sampler-philox";

/** Both keys of the sender for a high counter word, the first in the low half. */
export function senderKeys(high: u32): u64 {
  return philoxGate(high, table(SENDER_COUNTER_AT), table(SENDER_KEY_AT));
}

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
  const high = windowHigh;
  const sender = senderKeys(high);
  const receiver = philoxGate(high, table(RECEIVER_COUNTER_AT), table(RECEIVER_KEY_AT));
  storeKeys(SENDER_KEYS, <u32>sender, <u32>(sender >> 32));
  storeKeys(RECEIVER_KEYS, <u32>receiver, <u32>(receiver >> 32));
}

/** Stores a pair of keys as they are and, behind, folded. */
function storeKeys(at: usize, first: u32, second: u32): void {
  v128.store(at, i32x4.splat(first));
  v128.store(at, i32x4.splat(second), 16);
  v128.store(at, i32x4.splat(first ^ (first >> 17)), 32);
  v128.store(at, i32x4.splat(second ^ (second >> 16)), 48);
}

/** Word of one gate under the pair of keys at `keys`. */
export function mixWith(low: u32, keys: usize): u32 {
  return mixGate(low, load<u32>(keys), load<u32>(keys, 16));
}

/** Word of one gate under two keys. */
@inline
export function mixGate(low: u32, firstKey: u32, secondKey: u32): u32 {
  let a = low ^ firstKey;
  a = (a ^ (a >> 17)) * 0xed5ad4bb;
  a = (a ^ (a >> 11)) * 0xac4c1b51;
  a = (a ^ (a >> 15)) * 0x31848bab;
  let b = low ^ secondKey;
  b = (b ^ (b >> 16)) * 0x21f0aaad;
  b = (b ^ (b >> 15)) * 0xd35a2d97;
  const word = a ^ b;
  return word ^ (word >> 15);
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
  let a = i32x4.mul(v128.xor(first, v128.load(keys, 32)), v128.load(MIX_CONSTANTS));
  a = i32x4.mul(folded(a, 11), v128.load(MIX_CONSTANTS, 16));
  a = i32x4.mul(folded(a, 15), v128.load(MIX_CONSTANTS, 32));
  let b = i32x4.mul(v128.xor(second, v128.load(keys, 48)), v128.load(MIX_CONSTANTS, 48));
  b = i32x4.mul(folded(b, 15), v128.load(MIX_CONSTANTS, 64));
  return folded(v128.xor(a, b), 15);
}
