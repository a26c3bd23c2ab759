// 128 points of 32 bytes <-> 256 bit planes of 128 bits. Plane p holds bit p of every point; point 16 g + j is bit
// 8 j + g of a plane.

const PLANE: usize = 16;
const POINT: usize = 32;

/** Transposes a 16 x 16 matrix of bytes: rows `inStride` apart to rows `outStride` apart; `work` holds 512 bytes. */
function transposeBytes(input: usize, inStride: usize, output: usize, outStride: usize, work: usize): void {
  // Interleaving row i with row i + 8 four times over is a transposition.
  interleave(input, inStride, work, 16);
  interleave(work, 16, work + 256, 16);
  interleave(work + 256, 16, work, 16);
  interleave(work, 16, output, outStride);
}

@inline
function interleave(input: usize, inStride: usize, output: usize, outStride: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    const a = v128.load(input + i * inStride);
    const b = v128.load(input + (i + 8) * inStride);
    v128.store(
      output + 2 * i * outStride,
      v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
    );
    v128.store(
      output + (2 * i + 1) * outStride,
      v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
    );
  }
}

/** Exchanges bits of `x` at `mask << shift` with bits of `y` at `mask`, in memory. */
@inline
function swapBits(x: usize, y: usize, mask: v128, shift: i32): void {
  const a = v128.load(x);
  const b = v128.load(y);
  const difference = v128.and(v128.xor(i64x2.shr_u(a, shift), b), mask);
  v128.store(y, v128.xor(b, difference));
  v128.store(x, v128.xor(a, i64x2.shl(difference, shift)));
}

/** Transposes the 8 x 8 bit matrix in each byte lane of eight planes; its own inverse. */
@inline
function transposeBits(planes: usize): void {
  const ones = i8x16.splat(0x55);
  const pairs = i8x16.splat(0x33);
  const fours = i8x16.splat(0x0f);
  for (let i: usize = 0; i < 8; i += 2) swapBits(planes + i * PLANE, planes + (i + 1) * PLANE, ones, 1);
  for (let i: usize = 0; i < 8; i += 4) {
    swapBits(planes + i * PLANE, planes + (i + 2) * PLANE, pairs, 2);
    swapBits(planes + (i + 1) * PLANE, planes + (i + 3) * PLANE, pairs, 2);
  }
  for (let i: usize = 0; i < 4; i++) swapBits(planes + i * PLANE, planes + (i + 4) * PLANE, fours, 4);
}

export function pointsToPlanes(points: usize, planes: usize, work: usize): void {
  for (let half: usize = 0; half < 2; half++)
    for (let g: usize = 0; g < 8; g++)
      transposeBytes(
        points + g * 16 * POINT + half * 16,
        POINT,
        planes + (half * 128 + g) * PLANE,
        8 * PLANE,
        work,
      );
  for (let q: usize = 0; q < 32; q++) transposeBits(planes + q * 8 * PLANE);
}

/** Undoes pointsToPlanes; destroys the planes. */
export function planesToPoints(planes: usize, points: usize, work: usize): void {
  for (let q: usize = 0; q < 32; q++) transposeBits(planes + q * 8 * PLANE);
  for (let half: usize = 0; half < 2; half++)
    for (let g: usize = 0; g < 8; g++)
      transposeBytes(
        planes + (half * 128 + g) * PLANE,
        8 * PLANE,
        points + g * 16 * POINT + half * 16,
        POINT,
        work,
      );
}
