import { CANTOR_BASIS, multiply16 } from "../../kernels/field/tower.ts";
import { planAmplification } from "../../kernels/plan/amplification-plan.ts";
import { multiplyBig } from "./big-field.ts";

const GROUP_BITS = 256;
const LANES = 16;

const subsetSum = (number: number): number =>
  CANTOR_BASIS.reduce((sum, v, i) => ((number >> i) & 1 ? sum ^ v : sum), 0);

const power = (base: number, exponent: number): number => {
  let result = 1;
  for (let i = 31; i >= 0; i--) {
    result = multiply16(result, result);
    if ((exponent >>> i) & 1) result = multiply16(result, base);
  }
  return result;
};

/** Basis polynomial i at x: for each one j of i, the product of x - u over the span of the first j basis vectors. */
function basisPolynomial(i: number, x: number): number {
  let value = 1;
  for (let j = 0; i >> j; j++)
    if ((i >> j) & 1) for (let u = 0; u < 1 << j; u++) value = multiply16(value, x ^ subsetSum(u));
  return value;
}

/** Inverse of the matrix of all basis polynomials at all points, by Gauss and Jordan. */
function interpolation(evaluation: readonly number[][]): number[][] {
  const n = evaluation.length;
  const rows = evaluation.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => Number(i === j))]);
  for (let c = 0; c < n; c++) {
    const pivot = rows.findIndex((row, r) => r >= c && row[c] !== 0);
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const inverse = power(rows[c]![c]!, 65_534);
    rows[c] = rows[c]!.map((x) => multiply16(x, inverse));
    for (let r = 0; r < n; r++) {
      const factor = rows[r]![c]!;
      if (r !== c && factor) rows[r] = rows[r]!.map((x, k) => x ^ multiply16(factor, rows[c]![k]!));
    }
  }
  return rows.map((row) => row.slice(n));
}

/** A point's element from its 16 lanes: byte l the low half of lane l, byte 16 + l the high half. */
const toElement = (lanes: readonly number[]): bigint =>
  lanes.reduce(
    (sum, x, l) => sum | (BigInt(x & 255) << BigInt(8 * l)) | (BigInt(x >> 8) << BigInt(8 * (LANES + l))),
    0n,
  );

const toLanes = (element: bigint): number[] =>
  Array.from({ length: LANES }, (_, l) => {
    const byte = (at: number) => Number((element >> BigInt(8 * at)) & 255n);
    return byte(l) | (byte(LANES + l) << 8);
  });

/**
 * Column i is the hash of the i-th unit vector, from the definition and without a transform. For blocks of fewer than
 * 128 points.
 */
export function hashMatrix(inputBits: number, outputBits: number, seed: Uint8Array): bigint[] {
  const { groups, logPoints, inputPoints, outputPoints } = planAmplification(inputBits, outputBits);
  const points = 2 ** logPoints;
  const degree = GROUP_BITS * groups;
  if (points >= 128) throw new RangeError("the matrix is for few points");
  const evaluation = Array.from({ length: points }, (_, p) =>
    Array.from({ length: points }, (_, i) => basisPolynomial(i, subsetSum(p))),
  );
  const inverse = interpolation(evaluation);
  const factors = Array.from({ length: points }, (_, p) => {
    let element = 0n;
    for (let b = 0; b < degree; b++) {
      const at = b * points + p;
      element |= BigInt((seed[at >> 3]! >> (at & 7)) & 1) << BigInt(b);
    }
    return element;
  });
  return Array.from({ length: inputBits }, (_, bit) => {
    const group = Math.floor(bit / (GROUP_BITS * inputPoints));
    const coefficient = Math.floor((bit % (GROUP_BITS * inputPoints)) / GROUP_BITS);
    const lanes = toLanes(1n << BigInt(bit % GROUP_BITS));
    const products = factors.map((factor, p) => {
      const value = toElement(lanes.map((lane) => multiply16(lane, evaluation[p]![coefficient]!)));
      return multiplyBig(value << BigInt(GROUP_BITS * group), factor, degree);
    });
    let column = 0n;
    for (let g = 0; g < groups; g++) {
      const inGroup = products.map((product) => toLanes(product >> BigInt(GROUP_BITS * g)));
      for (let o = 0; o < outputPoints; o++) {
        const row = inverse[points - outputPoints + o]!;
        const sum = new Array<number>(LANES).fill(0);
        inGroup.forEach((value, p) => {
          for (let l = 0; l < LANES; l++) sum[l]! ^= multiply16(value[l]!, row[p]!);
        });
        column |= toElement(sum) << BigInt(GROUP_BITS * (g * outputPoints + o));
      }
    }
    return BigInt.asUintN(outputBits, column);
  });
}

/** Matrix times bit vector over GF(2). */
export function times(columns: readonly bigint[], key: Uint8Array, outputBits: number): Uint8Array {
  let sum = 0n;
  columns.forEach((column, i) => {
    if ((key[i >> 3]! >> (i & 7)) & 1) sum ^= column;
  });
  return Uint8Array.from({ length: Math.ceil(outputBits / 8) }, (_, i) =>
    Number((sum >> BigInt(8 * i)) & 255n),
  );
}

/** Rank of vectors over GF(2). */
export function rank(vectors: readonly bigint[]): number {
  const pivots = new Map<number, bigint>();
  for (let vector of vectors) {
    while (vector) {
      const top = vector.toString(2).length;
      const pivot = pivots.get(top);
      if (pivot === undefined) {
        pivots.set(top, vector);
        break;
      }
      vector ^= pivot;
    }
  }
  return pivots.size;
}
