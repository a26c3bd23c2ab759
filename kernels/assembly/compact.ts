/**
 * Keeps the bits of a plane where the mask is one, in order (Hacker's Delight 7-4, two 64-bit words a vector).
 * Appends to `out` and returns the number of bits kept; `out` gets up to one word more than it needs. `words` is even.
 */
export function planeCompact(plane: usize, mask: usize, out: usize, words: u32): u32 {
  let pending: u64 = 0;
  let fill: u32 = 0;
  const begin = out;
  const end = mask + ((<usize>words) << 3);
  for (; mask < end; mask += 16, plane += 16) {
    const selected = v128.load(mask);
    const kept = compress(v128.load(plane), selected);
    const low = <u32>popcnt<u64>(i64x2.extract_lane(selected, 0));
    const high = <u32>popcnt<u64>(i64x2.extract_lane(selected, 1));
    let bits = <u64>i64x2.extract_lane(kept, 0);
    // Always write the word; move on only when it is full.
    pending |= bits << fill;
    store<u64>(out, pending);
    let next = fill + low;
    let full = next >= 64;
    pending = full ? (fill ? bits >> (64 - fill) : 0) : pending;
    out += full ? 8 : 0;
    fill = next & 63;
    bits = <u64>i64x2.extract_lane(kept, 1);
    pending |= bits << fill;
    store<u64>(out, pending);
    next = fill + high;
    full = next >= 64;
    pending = full ? (fill ? bits >> (64 - fill) : 0) : pending;
    out += full ? 8 : 0;
    fill = next & 63;
  }
  store<u64>(out, pending);
  return <u32>((out - begin) << 3) + fill;
}

/** Moves the selected bits of each 64-bit lane to its low end. */
@inline
function compress(bits: v128, selected: v128): v128 {
  bits = v128.and(bits, selected);
  let gaps = i64x2.shl(v128.not(selected), 1);
  for (let step = 0; step < 6; step++) {
    let parity = v128.xor(gaps, i64x2.shl(gaps, 1));
    parity = v128.xor(parity, i64x2.shl(parity, 2));
    parity = v128.xor(parity, i64x2.shl(parity, 4));
    parity = v128.xor(parity, i64x2.shl(parity, 8));
    parity = v128.xor(parity, i64x2.shl(parity, 16));
    parity = v128.xor(parity, i64x2.shl(parity, 32));
    const move = v128.and(parity, selected);
    const distance = 1 << step;
    selected = v128.or(v128.xor(selected, move), i64x2.shr_u(move, distance));
    const moved = v128.and(bits, move);
    bits = v128.or(v128.xor(bits, moved), i64x2.shr_u(moved, distance));
    gaps = v128.andnot(gaps, parity);
  }
  return bits;
}
