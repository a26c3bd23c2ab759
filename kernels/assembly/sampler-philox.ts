// Philox2x32-7 in three shapes: one counter, four counters, the sender's words of a batch.
import { SENDER_COUNTER_AT, SENDER_KEY_AT } from "../sampler-layout";
import { OFFSETS, PHILOX_CONSTANTS, SENDER_FIRST, SENDER_SECOND, table } from "./sampler-memory";

const MULTIPLIER: u32 = 0xd256d193;
const WEYL: u32 = 0x9e3779b9;
const ROUNDS = 7;

/** Both words of one counter, the first in the low half. */
export function philoxGate(low: u32, high: u32, firstKey: u32): u64 {
  let left = low;
  let right = high;
  let key = firstKey;
  for (let round = 0; round < ROUNDS; round++) {
    const product = <u64>MULTIPLIER * <u64>left;
    left = <u32>(product >> 32) ^ key ^ right;
    right = <u32>product;
    key += WEYL;
  }
  return <u64>left | (<u64>right << 32);
}

@inline
function productLow(left: v128, multiplier: v128): v128 {
  return i32x4.mul(left, multiplier);
}

@inline
function productHigh(left: v128, multiplier: v128): v128 {
  return v128.shuffle<u32>(
    i64x2.extmul_low_i32x4_u(left, multiplier),
    i64x2.extmul_high_i32x4_u(left, multiplier),
    1,
    3,
    5,
    7,
  );
}

/** Second words of the last `philoxFour`: wasm returns one value only. */
export let secondWords: v128 = i32x4.splat(0);

/** First words of four counters; the second ones go to `secondWords`. */
@inline
export function philoxFour(low: v128, high: u32, key: u32): v128 {
  const multiplier = v128.load(PHILOX_CONSTANTS);
  let left = low;
  let right = i32x4.splat(high);
  let roundKey = key;
  for (let round = 0; round < ROUNDS; round++) {
    const next = v128.xor(v128.xor(productHigh(left, multiplier), right), i32x4.splat(roundKey));
    right = productLow(left, multiplier);
    left = next;
    roundKey += WEYL;
  }
  secondWords = right;
  return left;
}

/** Sender's words for candidates 0..count - 1: four independent chains hide the multiplier's latency. */
export function philoxBatch(count: i32, windowLow: u32, windowHigh: u32): void {
  const multiplier = v128.load(PHILOX_CONSTANTS);
  const weyl = v128.load(PHILOX_CONSTANTS, 16);
  const high = i32x4.splat(windowHigh ^ table(SENDER_COUNTER_AT));
  const firstKey = i32x4.splat(table(SENDER_KEY_AT));
  const base = i32x4.splat(windowLow);
  const end = <usize>count << 2;
  for (let at: usize = 0; at < end; at += 64) {
    let a = i32x4.add(v128.load(OFFSETS + at), base);
    let b = i32x4.add(v128.load(OFFSETS + at, 16), base);
    let c = i32x4.add(v128.load(OFFSETS + at, 32), base);
    let d = i32x4.add(v128.load(OFFSETS + at, 48), base);
    let aRight = high;
    let bRight = high;
    let cRight = high;
    let dRight = high;
    let key = firstKey;
    for (let round = 0; round < ROUNDS; round++) {
      const aNext = v128.xor(v128.xor(productHigh(a, multiplier), aRight), key);
      const bNext = v128.xor(v128.xor(productHigh(b, multiplier), bRight), key);
      const cNext = v128.xor(v128.xor(productHigh(c, multiplier), cRight), key);
      const dNext = v128.xor(v128.xor(productHigh(d, multiplier), dRight), key);
      aRight = productLow(a, multiplier);
      bRight = productLow(b, multiplier);
      cRight = productLow(c, multiplier);
      dRight = productLow(d, multiplier);
      a = aNext;
      b = bNext;
      c = cNext;
      d = dNext;
      key = i32x4.add(key, weyl);
    }
    v128.store(SENDER_FIRST + at, a);
    v128.store(SENDER_FIRST + at, b, 16);
    v128.store(SENDER_FIRST + at, c, 32);
    v128.store(SENDER_FIRST + at, d, 48);
    v128.store(SENDER_SECOND + at, aRight);
    v128.store(SENDER_SECOND + at, bRight, 16);
    v128.store(SENDER_SECOND + at, cRight, 32);
    v128.store(SENDER_SECOND + at, dRight, 48);
  }
}
