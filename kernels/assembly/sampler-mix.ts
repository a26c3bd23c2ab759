// Receiver's words: exclusive or of two keyed permutations of the gate's low word.
import { RECEIVER_COUNTER_AT, RECEIVER_KEY_AT } from "../sampler-layout";
import { MIX_CONSTANTS, OFFSETS, RECEIVER_WORDS, table } from "./sampler-memory";
import { philoxGate } from "./sampler-philox";

/** Keys for the high counter word at hand. */
let firstKey: u32 = 0;
let secondKey: u32 = 0;

/** To be called when the tables or the high counter word change. */
export function prepareMix(high: u32): void {
  const keys = philoxGate(high, table(RECEIVER_COUNTER_AT), table(RECEIVER_KEY_AT));
  firstKey = <u32>keys;
  secondKey = <u32>(keys >> 32);
}

/** Word of one gate. */
export function mixGate(low: u32): u32 {
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

/** Words of candidates 0..count - 1. */
export function mixBatch(count: i32, windowLow: u32): void {
  const base = i32x4.splat(windowLow);
  const first = i32x4.splat(firstKey);
  const second = i32x4.splat(secondKey);
  const end = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const low = i32x4.add(v128.load(OFFSETS + at), base);
    let a = v128.xor(low, first);
    a = i32x4.mul(folded(a, 17), v128.load(MIX_CONSTANTS));
    a = i32x4.mul(folded(a, 11), v128.load(MIX_CONSTANTS, 16));
    a = i32x4.mul(folded(a, 15), v128.load(MIX_CONSTANTS, 32));
    let b = v128.xor(low, second);
    b = i32x4.mul(folded(b, 16), v128.load(MIX_CONSTANTS, 48));
    b = i32x4.mul(folded(b, 15), v128.load(MIX_CONSTANTS, 64));
    v128.store(RECEIVER_WORDS + at, v128.xor(folded(a, 14), folded(b, 15)));
  }
}
