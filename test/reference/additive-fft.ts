import { CANTOR_BASIS, multiply16 } from "../../kernels/field/tower.ts";

const GENERATOR = 264;
const EXP = new Uint16Array(131072);
const LOG = new Uint32Array(65536);
for (let i = 0, power = 1; i < 65535; i++) {
  EXP[i] = power;
  EXP[i + 65535] = power;
  LOG[power] = i;
  power = multiply16(power, GENERATOR);
}

/** Product in GF(2^16) by logarithms. */
export const product16 = (a: number, b: number): number => (a && b ? EXP[LOG[a]! + LOG[b]!]! : 0);

/** Twiddle factor of block b in any layer: the sum of bit i of b times v(i+1). */
function twiddle(block: number): number {
  let sum = 0;
  for (let i = 0; i < 15; i++) if ((block >> i) & 1) sum ^= CANTOR_BASIS[i + 1]!;
  return sum;
}

/**
 * Evaluates polynomials in the basis of Lin, Chung and Han (arXiv:1404.3458) at the 2^log points sum(bit i * v(i)).
 * `values[i * lanes + l]` is coefficient i, then value at point i, of lane l; in place.
 */
export function transform(values: Uint16Array, log: number, lanes: number): void {
  for (let depth = 0; depth < log; depth++)
    forEachButterfly(log, lanes, depth, (u, v, factor) => {
      values[u]! ^= product16(values[v]!, factor);
      values[v]! ^= values[u]!;
    });
}

/** Undoes `transform`. */
export function inverseTransform(values: Uint16Array, log: number, lanes: number): void {
  for (let depth = log - 1; depth >= 0; depth--)
    forEachButterfly(log, lanes, depth, (u, v, factor) => {
      values[v]! ^= values[u]!;
      values[u]! ^= product16(values[v]!, factor);
    });
}

function forEachButterfly(
  log: number,
  lanes: number,
  depth: number,
  butterfly: (u: number, v: number, factor: number) => void,
): void {
  const half = lanes << (log - 1 - depth);
  for (let block = 0; block < 1 << depth; block++) {
    const factor = twiddle(block);
    for (let i = 0; i < half; i++) {
      const u = 2 * half * block + i;
      butterfly(u, u + half, factor);
    }
  }
}
