/**
 * Parities of a key in the 2^planes cells that up to four masks cut it into: bit c of the result belongs to the cell
 * where mask j is one for the ones of c. First the parity under every product of masks is taken, then products of more
 * masks are taken out of products of fewer (Moebius inversion): four products a vector instead of one cell.
 */
export function cellParities(key: usize, masks: usize, stride: usize, planes: u32, bytes: usize): u32 {
  const a = masks;
  const b = planes > 1 ? masks + stride : masks;
  let parities: u32 = 0;
  for (let outer: u32 = 0; outer < 4; outer++) {
    // Planes 2 and 3; where they do not exist their products are not needed.
    if (outer << 2 >= <u32>1 << planes) break;
    const c = outer & 1 ? masks + 2 * stride : 0;
    const d = outer & 2 ? masks + 3 * stride : 0;
    parities |= fourProducts(key, a, b, c, d, bytes) << (outer << 2);
  }
  const cells: u32 = 1 << planes;
  for (let plane: u32 = 0; plane < planes; plane++)
    for (let cell: u32 = 0; cell < cells; cell++)
      if (((cell >> plane) & 1) == 0) parities ^= ((parities >> (cell | (1 << plane))) & 1) << cell;
  return parities & ((1 << cells) - 1);
}

/** Parities of the key under 1, a, b and a b, all under c and d where these are given. */
function fourProducts(key: usize, a: usize, b: usize, c: usize, d: usize, bytes: usize): u32 {
  let all = i64x2.splat(0);
  let underA = all;
  let underB = all;
  let underBoth = all;
  for (let at: usize = 0; at < bytes; at += 16) {
    // The key may end in half a vector, followed by another frame's.
    let bits = at + 8 == bytes ? v128.load64_zero(key + at) : v128.load(key + at);
    if (c) bits = v128.and(bits, v128.load(c + at));
    if (d) bits = v128.and(bits, v128.load(d + at));
    const maskB = v128.load(b + at);
    const bitsA = v128.and(bits, v128.load(a + at));
    all = v128.xor(all, bits);
    underA = v128.xor(underA, bitsA);
    underB = v128.xor(underB, v128.and(bits, maskB));
    underBoth = v128.xor(underBoth, v128.and(bitsA, maskB));
  }
  return parity(all) | (parity(underA) << 1) | (parity(underB) << 2) | (parity(underBoth) << 3);
}

/** Parity of the key where the mask is zero. */
export function complementParity(key: usize, mask: usize, bytes: usize): u32 {
  let sums = i64x2.splat(0);
  const whole = bytes & ~15;
  for (let at: usize = 0; at < whole; at += 16)
    sums = v128.xor(sums, v128.andnot(v128.load(key + at), v128.load(mask + at)));
  // The key may end in half a vector, followed by another frame's.
  if (whole < bytes) sums = v128.xor(sums, v128.andnot(v128.load64_zero(key + whole), v128.load(mask + whole)));
  return parity(sums);
}

@inline
function parity(bits: v128): u32 {
  return <u32>popcnt<u64>(i64x2.extract_lane(bits, 0) ^ i64x2.extract_lane(bits, 1)) & 1;
}
