// Words of sender and receiver: exclusive or of two keyed permutations of the gate's low word.
import { RECEIVER_COUNTER_AT, RECEIVER_KEY_AT, SENDER_COUNTER_AT, SENDER_KEY_AT } from "../sampler-layout";
import { MIX_CONSTANTS, MIX_KEYS, table } from "./sampler-memory";
import { philoxGate } from "./sampler-philox";

/** Both keys of the sender for a high counter word, the first in the low half. */
export function senderKeys(high: u32): u64 {
  return philoxGate(high, table(SENDER_COUNTER_AT), table(SENDER_KEY_AT));
}

/** To be called when the tables or the high counter word change. */
export function prepareMix(high: u32): void {
  const sender = senderKeys(high);
  const receiver = philoxGate(high, table(RECEIVER_COUNTER_AT), table(RECEIVER_KEY_AT));
  v128.store(MIX_KEYS, i32x4.splat(<u32>sender));
  v128.store(MIX_KEYS, i32x4.splat(<u32>(sender >> 32)), 16);
  v128.store(MIX_KEYS, i32x4.splat(<u32>receiver), 32);
  v128.store(MIX_KEYS, i32x4.splat(<u32>(receiver >> 32)), 48);
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
  return a ^ (a >> 14) ^ b ^ (b >> 15);
}

@inline
function folded(x: v128, right: i32): v128 {
  return v128.xor(x, i32x4.shr_u(x, right));
}

/** Words of four gates under the pair of keys at `keys`. */
@inline
export function mixFour(low: v128, keys: usize): v128 {
  let a = v128.xor(low, v128.load(keys));
  a = i32x4.mul(folded(a, 17), v128.load(MIX_CONSTANTS));
  a = i32x4.mul(folded(a, 11), v128.load(MIX_CONSTANTS, 16));
  a = i32x4.mul(folded(a, 15), v128.load(MIX_CONSTANTS, 32));
  let b = v128.xor(low, v128.load(keys, 16));
  b = i32x4.mul(folded(b, 16), v128.load(MIX_CONSTANTS, 48));
  b = i32x4.mul(folded(b, 15), v128.load(MIX_CONSTANTS, 64));
  return v128.xor(folded(a, 14), folded(b, 15));
}
