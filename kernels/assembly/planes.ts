/**
 * A function of two planes over whole vectors that treats both alike: bit k of `table` is the result where k of the two
 * bits are one. `out` may be one of the inputs.
 */
export function planesCombine(a: usize, b: usize, out: usize, bytes: usize, table: u32): void {
  const none = i32x4.splat(-(<i32>(table & 1)));
  const one = i32x4.splat(-(<i32>((table >> 1) & 1)));
  const two = i32x4.splat(-(<i32>((table >> 2) & 1)));
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(a + at);
    const y = v128.load(b + at);
    const atMostOne = v128.bitselect(one, none, v128.xor(x, y));
    v128.store(out + at, v128.bitselect(two, atMostOne, v128.and(x, y)));
  }
}

/** Ones in whole vectors. */
export function planePopcount(plane: usize, bytes: usize): u32 {
  let ones: u32 = 0;
  for (let at: usize = 0; at < bytes; ) {
    // A byte lane counts up to 8 a vector: 31 vectors fit 8 bits.
    const end = min<usize>(bytes, at + 31 * 16);
    let sums = i8x16.splat(0);
    for (; at < end; at += 16) sums = i8x16.add(sums, i8x16.popcnt(v128.load(plane + at)));
    const pairs = i16x8.extadd_pairwise_i8x16_u(sums);
    const fours = i32x4.extadd_pairwise_i16x8_u(pairs);
    ones +=
      i32x4.extract_lane(fours, 0) +
      i32x4.extract_lane(fours, 1) +
      i32x4.extract_lane(fours, 2) +
      i32x4.extract_lane(fours, 3);
  }
  return ones;
}
