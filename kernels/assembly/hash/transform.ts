import { addInto, backwardByte, backwardWide, forwardByte, forwardWide } from "./butterflies";

// Additive transform in the basis of Lin, Chung and Han over a Cantor basis (arXiv:1404.3458): depth d works on 2^d
// blocks, each with one twiddle factor. Points are 32 bytes. The upper depths run on strips of four columns copied to a
// buffer that fits the first-level cache, the lower ones on rows of 256 points.

const POINT: usize = 32;
const ROW_LOG: u32 = 8;
/** Columns of a strip: 128 bytes of a row. */
const STRIP: usize = 128;

@inline
function forward(at: usize, half: usize, block: u32, factors: usize): void {
  if (block == 0) addInto(at, at + half, half);
  else if (block < 128) forwardByte(at, at + half, half, factors + (<usize>block << 7));
  else forwardWide(at, at + half, half, factors + (<usize>block << 7));
}

@inline
function backward(at: usize, half: usize, block: u32, factors: usize): void {
  if (block == 0) addInto(at, at + half, half);
  else if (block < 128) backwardByte(at, at + half, half, factors + (<usize>block << 7));
  else backwardWide(at, at + half, half, factors + (<usize>block << 7));
}

@inline
function copyStrip(from: usize, fromStride: usize, to: usize, toStride: usize, rows: u32): void {
  for (; rows > 0; rows--, from += fromStride, to += toStride) {
    for (let at: usize = 0; at < STRIP; at += 16) v128.store(to + at, v128.load(from + at));
  }
}

/** Coefficients to values, in place, for 2^log points. `buffer` holds 32 KiB. */
export function transformForward(data: usize, log: u32, factors: usize, buffer: usize): void {
  const upper: u32 = log > ROW_LOG ? log - ROW_LOG : 0;
  const rowBytes: usize = POINT << ROW_LOG;
  const rows: u32 = 1 << upper;
  if (upper > 0)
    for (let column: usize = 0; column < rowBytes; column += STRIP) {
      copyStrip(data + column, rowBytes, buffer, STRIP, rows);
      for (let depth: u32 = 0; depth < upper; depth++) {
        const half: usize = STRIP << (upper - 1 - depth);
        for (let block: u32 = 0; block < <u32>1 << depth; block++)
          forward(buffer + 2 * half * <usize>block, half, block, factors);
      }
      copyStrip(buffer, STRIP, data + column, rowBytes, rows);
    }
  for (let row: u32 = 0; row < rows; row++)
    for (let depth = upper; depth < log; depth++) {
      const half: usize = POINT << (log - 1 - depth);
      const blocks: u32 = 1 << (depth - upper);
      for (let i: u32 = 0; i < blocks; i++)
        forward(data + <usize>row * rowBytes + 2 * half * <usize>i, half, row * blocks + i, factors);
    }
}

/** Values to coefficients, in place: undoes transformForward. */
export function transformBackward(data: usize, log: u32, factors: usize, buffer: usize): void {
  const upper: u32 = log > ROW_LOG ? log - ROW_LOG : 0;
  const rowBytes: usize = POINT << ROW_LOG;
  const rows: u32 = 1 << upper;
  for (let row: u32 = 0; row < rows; row++)
    for (let depth = log; depth > upper; depth--) {
      const half: usize = POINT << (log - depth);
      const blocks: u32 = 1 << (depth - 1 - upper);
      for (let i: u32 = 0; i < blocks; i++)
        backward(data + <usize>row * rowBytes + 2 * half * <usize>i, half, row * blocks + i, factors);
    }
  if (upper > 0)
    for (let column: usize = 0; column < rowBytes; column += STRIP) {
      copyStrip(data + column, rowBytes, buffer, STRIP, rows);
      for (let depth = upper; depth > 0; depth--) {
        const half: usize = STRIP << (upper - depth);
        for (let block: u32 = 0; block < <u32>1 << (depth - 1); block++)
          backward(buffer + 2 * half * <usize>block, half, block, factors);
      }
      copyStrip(buffer, STRIP, data + column, rowBytes, rows);
    }
}
