// Philox2x32-7 in two shapes: one counter, four counters.

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
  const multiplier = i32x4.splat(MULTIPLIER);
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
