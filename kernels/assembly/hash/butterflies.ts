// Butterflies of the additive transform over `bytes` bytes of points at u and at v. A point is 32 bytes: 16 low bytes
// and 16 high bytes of 16 elements of GF(2^16). Forward: u += factor v, then v += u. Backward undoes it.

/** Forward butterfly with factor zero; backward it is the same with v first. */
@inline
export function addInto(u: usize, v: usize, bytes: usize): void {
  for (const end = u + bytes; u < end; u += 32, v += 32) {
    v128.store(v, v128.xor(v128.load(v), v128.load(u)));
    v128.store(v, v128.xor(v128.load(v, 16), v128.load(u, 16)), 16);
  }
}

@inline
function timesByte(x: v128, low: v128, high: v128): v128 {
  const nibble = i8x16.splat(15);
  return v128.xor(
    i8x16.relaxed_swizzle(low, v128.and(x, nibble)),
    i8x16.relaxed_swizzle(high, i8x16.shr_u(x, 4)),
  );
}

@inline
export function forwardByte(u: usize, v: usize, bytes: usize, factor: usize): void {
  const low = v128.load(factor);
  const high = v128.load(factor, 16);
  for (const end = u + bytes; u < end; u += 16, v += 16) {
    const y = v128.load(v);
    const x = v128.xor(v128.load(u), timesByte(y, low, high));
    v128.store(u, x);
    v128.store(v, v128.xor(x, y));
  }
}

@inline
export function backwardByte(u: usize, v: usize, bytes: usize, factor: usize): void {
  const low = v128.load(factor);
  const high = v128.load(factor, 16);
  for (const end = u + bytes; u < end; u += 16, v += 16) {
    const x = v128.load(u);
    const y = v128.xor(x, v128.load(v));
    v128.store(v, y);
    v128.store(u, v128.xor(x, timesByte(y, low, high)));
  }
}

@inline
export function forwardWide(u: usize, v: usize, bytes: usize, factor: usize): void {
  const nibble = i8x16.splat(15);
  const l0 = v128.load(factor);
  const l1 = v128.load(factor, 16);
  const l2 = v128.load(factor, 32);
  const l3 = v128.load(factor, 48);
  const h0 = v128.load(factor, 64);
  const h1 = v128.load(factor, 80);
  const h2 = v128.load(factor, 96);
  const h3 = v128.load(factor, 112);
  for (const end = u + bytes; u < end; u += 32, v += 32) {
    const yLow = v128.load(v);
    const yHigh = v128.load(v, 16);
    const a = v128.and(yLow, nibble);
    const b = i8x16.shr_u(yLow, 4);
    const c = v128.and(yHigh, nibble);
    const d = i8x16.shr_u(yHigh, 4);
    const low = v128.xor(
      v128.xor(i8x16.relaxed_swizzle(l0, a), i8x16.relaxed_swizzle(l1, b)),
      v128.xor(i8x16.relaxed_swizzle(l2, c), i8x16.relaxed_swizzle(l3, d)),
    );
    const high = v128.xor(
      v128.xor(i8x16.relaxed_swizzle(h0, a), i8x16.relaxed_swizzle(h1, b)),
      v128.xor(i8x16.relaxed_swizzle(h2, c), i8x16.relaxed_swizzle(h3, d)),
    );
    const xLow = v128.xor(v128.load(u), low);
    const xHigh = v128.xor(v128.load(u, 16), high);
    v128.store(u, xLow);
    v128.store(u, xHigh, 16);
    v128.store(v, v128.xor(xLow, yLow));
    v128.store(v, v128.xor(xHigh, yHigh), 16);
  }
}

@inline
export function backwardWide(u: usize, v: usize, bytes: usize, factor: usize): void {
  const nibble = i8x16.splat(15);
  const l0 = v128.load(factor);
  const l1 = v128.load(factor, 16);
  const l2 = v128.load(factor, 32);
  const l3 = v128.load(factor, 48);
  const h0 = v128.load(factor, 64);
  const h1 = v128.load(factor, 80);
  const h2 = v128.load(factor, 96);
  const h3 = v128.load(factor, 112);
  for (const end = u + bytes; u < end; u += 32, v += 32) {
    const xLow = v128.load(u);
    const xHigh = v128.load(u, 16);
    const yLow = v128.xor(xLow, v128.load(v));
    const yHigh = v128.xor(xHigh, v128.load(v, 16));
    const a = v128.and(yLow, nibble);
    const b = i8x16.shr_u(yLow, 4);
    const c = v128.and(yHigh, nibble);
    const d = i8x16.shr_u(yHigh, 4);
    const low = v128.xor(
      v128.xor(i8x16.relaxed_swizzle(l0, a), i8x16.relaxed_swizzle(l1, b)),
      v128.xor(i8x16.relaxed_swizzle(l2, c), i8x16.relaxed_swizzle(l3, d)),
    );
    const high = v128.xor(
      v128.xor(i8x16.relaxed_swizzle(h0, a), i8x16.relaxed_swizzle(h1, b)),
      v128.xor(i8x16.relaxed_swizzle(h2, c), i8x16.relaxed_swizzle(h3, d)),
    );
    v128.store(v, yLow);
    v128.store(v, yHigh, 16);
    v128.store(u, v128.xor(xLow, low));
    v128.store(u, v128.xor(xHigh, high), 16);
  }
}
