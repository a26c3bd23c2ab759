// Keeping the bits of planes where a mask is one (Hacker's Delight 7-4, two 64-bit words a vector). A kept bit moves down
// by the number of dropped bits below it, in six steps of 1, 2, 4 ... 32; which bits move in a step depends on the
// mask alone, so a chunk of masks is worked out once and applied to every plane.
import { planePopcount } from "./planes";

const STEPS: usize = 6;
const CHUNK_VECTORS: usize = 64;
const MOVES_BYTES: usize = CHUNK_VECTORS * STEPS * 16;
/** Up to this many kept bits of a chunk are taken one by one: the steps cost the same for few bits as for many. */
const FEW: u32 = 8 * <u32>CHUNK_VECTORS;

/** Bytes of `work` that planesCompact needs for `count` planes. */
export function planesCompactWork(count: u32): usize {
  return MOVES_BYTES + (<usize>count << 3);
}

/**
 * Compacts `count` planes that lie `stride` bytes apart to outputs `outStride` bytes apart; each output gets up to two
 * words more than it needs. `bytes` is a whole number of vectors. Returns the number of bits kept in each.
 */
export function planesCompact(
  mask: usize,
  planes: usize,
  stride: usize,
  count: u32,
  out: usize,
  outStride: usize,
  bytes: usize,
  work: usize,
): u32 {
  const pending = work + MOVES_BYTES;
  memory.fill(pending, 0, <usize>count << 3);
  let kept: u32 = 0;
  for (let at: usize = 0; at < bytes; at += CHUNK_VECTORS * 16) {
    const length = min<usize>(CHUNK_VECTORS * 16, bytes - at);
    const isSparse = planePopcount(mask + at, length) <= FEW;
    if (!isSparse) chunkMoves(mask + at, length, work);
    let end = kept;
    for (let plane: u32 = 0; plane < count; plane++) {
      const from = planes + <usize>plane * stride + at;
      const to = out + <usize>plane * outStride;
      const open = pending + (plane << 3);
      end = isSparse
        ? pickChunk(mask + at, from, length, to, kept, open)
        : compactChunk(mask + at, from, length, work, to, kept, open);
    }
    kept = end;
  }
  return kept;
}

/** For each vector of masks the six sets of bits that move. */
function chunkMoves(mask: usize, bytes: usize, moves: usize): void {
  for (const end = mask + bytes; mask < end; mask += 16) {
    let selected = v128.load(mask);
    let gaps = i64x2.shl(v128.not(selected), 1);
    for (let step = 0; step < 6; step++, moves += 16) {
      let parity = v128.xor(gaps, i64x2.shl(gaps, 1));
      parity = v128.xor(parity, i64x2.shl(parity, 2));
      parity = v128.xor(parity, i64x2.shl(parity, 4));
      parity = v128.xor(parity, i64x2.shl(parity, 8));
      parity = v128.xor(parity, i64x2.shl(parity, 16));
      parity = v128.xor(parity, i64x2.shl(parity, 32));
      const move = v128.and(parity, selected);
      v128.store(moves, move);
      selected = v128.or(v128.xor(selected, move), i64x2.shr_u(move, 1 << step));
      gaps = v128.andnot(gaps, parity);
    }
  }
}

@inline
function moveDown(bits: v128, move: v128, distance: i32): v128 {
  const moved = v128.and(bits, move);
  return v128.or(v128.xor(bits, moved), i64x2.shr_u(moved, distance));
}

/** Appends a chunk to an output that holds `kept` bits, the last incomplete word of them in `pending`. */
function compactChunk(
  mask: usize,
  plane: usize,
  bytes: usize,
  moves: usize,
  out: usize,
  kept: u32,
  pending: usize,
): u32 {
  const first = out + ((<usize>(kept >> 6)) << 3);
  let word = first;
  let fill = kept & 63;
  let open = load<u64>(pending);
  for (const end = mask + bytes; mask < end; mask += 16, plane += 16, moves += STEPS * 16) {
    const selected = v128.load(mask);
    let bits = v128.and(v128.load(plane), selected);
    bits = moveDown(bits, v128.load(moves), 1);
    bits = moveDown(bits, v128.load(moves, 16), 2);
    bits = moveDown(bits, v128.load(moves, 32), 4);
    bits = moveDown(bits, v128.load(moves, 48), 8);
    bits = moveDown(bits, v128.load(moves, 64), 16);
    bits = moveDown(bits, v128.load(moves, 80), 32);
    // The open word is always written; the output moves on when it is full.
    const low = <u64>i64x2.extract_lane(bits, 0);
    let next = fill + <u32>popcnt<u64>(i64x2.extract_lane(selected, 0));
    open |= low << fill;
    store<u64>(word, open);
    open = next >= 64 ? (low >> 1) >> (63 - fill) : open;
    word += (next >> 6) << 3;
    fill = next & 63;
    const high = <u64>i64x2.extract_lane(bits, 1);
    next = fill + <u32>popcnt<u64>(i64x2.extract_lane(selected, 1));
    open |= high << fill;
    store<u64>(word, open);
    open = next >= 64 ? (high >> 1) >> (63 - fill) : open;
    word += (next >> 6) << 3;
    fill = next & 63;
  }
  store<u64>(word, open);
  store<u64>(pending, open);
  return (kept & ~63) + <u32>((word - first) << 3) + fill;
}

/** The same for a chunk with few kept bits. */
function pickChunk(mask: usize, plane: usize, bytes: usize, out: usize, kept: u32, pending: usize): u32 {
  let word = out + ((<usize>(kept >> 6)) << 3);
  let open = load<u64>(pending);
  let to = kept;
  for (const end = mask + bytes; mask < end; mask += 8, plane += 8) {
    const bits = load<u64>(plane);
    for (let selected = load<u64>(mask); selected != 0; selected &= selected - 1) {
      open |= ((bits >> ctz<u64>(selected)) & 1) << (to & 63);
      to++;
      if ((to & 63) != 0) continue;
      store<u64>(word, open);
      word += 8;
      open = 0;
    }
  }
  store<u64>(word, open);
  store<u64>(pending, open);
  return to;
}
