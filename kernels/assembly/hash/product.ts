// Products of polynomials over GF(2), bit-sliced: 128 at once, plane i holds all coefficients of x^i. Karatsuba down to
// eight coefficients, in halves, or in thirds where three divides the length.
import { multiplyEight } from "./product-eight";

const PLANE: usize = 16;

/** out[0 .. 2n) = a[0 .. n) * b[0 .. n); the last plane of `out` is zero. `work` holds 8 n planes. */
export function multiplyPlanes(a: usize, b: usize, out: usize, n: usize, work: usize): void {
  if (n == 16) multiplySixteen(a, b, out, work);
  else if (n % 3 == 0) multiplyThirds(a, b, out, n / 3, work);
  else multiplyHalves(a, b, out, n / 2, work);
}

@inline
function addPlanes(a: usize, b: usize, out: usize, n: usize): void {
  for (let at: usize = 0; at < n * PLANE; at += PLANE)
    v128.store(out + at, v128.xor(v128.load(a + at), v128.load(b + at)));
}

function multiplyHalves(a: usize, b: usize, out: usize, h: usize, work: usize): void {
  const bytes = h * PLANE;
  const aSum = work;
  const bSum = aSum + bytes;
  const cross = bSum + bytes;
  const rest = cross + 2 * bytes;
  addPlanes(a, a + bytes, aSum, h);
  addPlanes(b, b + bytes, bSum, h);
  multiplyPlanes(aSum, bSum, cross, h, rest);
  multiplyPlanes(a, b, out, h, rest);
  multiplyPlanes(a + bytes, b + bytes, out + 2 * bytes, h, rest);
  recombine(out, cross, bytes);
}

/** out = p q u v in quarters: the middle gains cross + (p q) + (u v). */
@inline
function recombine(out: usize, cross: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += PLANE) {
    const p = v128.load(out + at);
    const q = v128.load(out + bytes + at);
    const u = v128.load(out + 2 * bytes + at);
    const v = v128.load(out + 3 * bytes + at);
    const both = v128.xor(q, u);
    v128.store(out + bytes + at, v128.xor(v128.xor(v128.load(cross + at), p), both));
    v128.store(out + 2 * bytes + at, v128.xor(v128.xor(v128.load(cross + bytes + at), v), both));
  }
}

/** The last halving, without a call for each of its products. */
@inline
function multiplySixteen(a: usize, b: usize, out: usize, work: usize): void {
  addPlanes(a, a + 128, work, 8);
  addPlanes(b, b + 128, work + 128, 8);
  multiplyEight(work, work + 128, work + 256);
  multiplyEight(a, b, out);
  multiplyEight(a + 128, b + 128, out + 256);
  recombine(out, work + 256, 128);
}

function multiplyThirds(a: usize, b: usize, out: usize, h: usize, work: usize): void {
  const bytes = h * PLANE;
  const low = work;
  const middle = low + 2 * bytes;
  const high = middle + 2 * bytes;
  const cross = high + 2 * bytes;
  const aSum = cross + 2 * bytes;
  const bSum = aSum + bytes;
  const rest = bSum + bytes;
  multiplyPlanes(a, b, low, h, rest);
  multiplyPlanes(a + bytes, b + bytes, middle, h, rest);
  multiplyPlanes(a + 2 * bytes, b + 2 * bytes, high, h, rest);
  memory.fill(out, 0, 6 * bytes);
  addTo(out, low, 2 * h);
  addTo(out + bytes, low, 2 * h);
  addTo(out + bytes, middle, 2 * h);
  addTo(out + 2 * bytes, low, 2 * h);
  addTo(out + 2 * bytes, middle, 2 * h);
  addTo(out + 2 * bytes, high, 2 * h);
  addTo(out + 3 * bytes, middle, 2 * h);
  addTo(out + 3 * bytes, high, 2 * h);
  addTo(out + 4 * bytes, high, 2 * h);
  for (let i: usize = 0; i < 2; i++)
    for (let j = i + 1; j < 3; j++) {
      addPlanes(a + i * bytes, a + j * bytes, aSum, h);
      addPlanes(b + i * bytes, b + j * bytes, bSum, h);
      multiplyPlanes(aSum, bSum, cross, h, rest);
      addTo(out + (i + j) * bytes, cross, 2 * h);
    }
}

@inline
function addTo(out: usize, planes: usize, n: usize): void {
  addPlanes(out, planes, out, n);
}

/** Reduces 2 d planes modulo x^d + x^t1 + x^t2 + x^t3 + 1 to the first d. */
export function reducePlanes(planes: usize, d: usize, t1: usize, t2: usize, t3: usize): void {
  for (let i: usize = 2 * d - 2; i >= d; i--) {
    const x = v128.load(planes + i * PLANE);
    const low = planes + (i - d) * PLANE;
    v128.store(low, v128.xor(v128.load(low), x));
    for (let tap: usize = 0; tap < 3; tap++) {
      const at = low + (tap == 0 ? t1 : tap == 1 ? t2 : t3) * PLANE;
      v128.store(at, v128.xor(v128.load(at), x));
    }
  }
}
