/**
 * One step of xoshiro128++ (Blackman, Vigna 2019) on the state at `at`: words `at`, `at + stride`, `at + 2 stride`,
 * `at + 3 stride`. Returns a uniform unsigned 32-bit word.
 */
export function xoshiroStep(state: Uint32Array, at = 0, stride = 1): number {
  const s0 = state[at]!;
  let s1 = state[at + stride]!;
  let s2 = state[at + 2 * stride]!;
  let s3 = state[at + 3 * stride]!;
  const sum = (s0 + s3) | 0;
  const result = (((sum << 7) | (sum >>> 25)) + s0) >>> 0;
  const shifted = s1 << 9;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  state[at] = s0 ^ s3;
  state[at + stride] = s1;
  state[at + 2 * stride] = s2 ^ shifted;
  state[at + 3 * stride] = (s3 << 11) | (s3 >>> 21);
  return result;
}
