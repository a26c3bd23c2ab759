import { checkBytes, checkExactBytes } from "../../kernels/arguments.ts";
import type { PrivacyAmplificationKernel } from "../../kernels/index.ts";
import {
  type AmplificationPlanner,
  GROUP_BITS,
  planAmplification,
} from "../../kernels/plan/amplification-plan.ts";
import { inverseTransform, transform } from "./additive-fft.ts";
import { multiplyWords } from "./binary-field.ts";

const LANES = 16;
const GROUP_BYTES = GROUP_BITS / 8;

/** The hash of docs/PRIVACY-AMPLIFICATION.md, one point at a time. */
export function amplificationReference(planner: AmplificationPlanner): PrivacyAmplificationKernel {
  return {
    seedBytes: (inputBits, outputBits) => planner(inputBits, outputBits).seedBytes,
    hash(key, inputBits, outputBits, seed) {
      const { groups, logPoints, inputPoints, outputPoints, seedBytes } = planner(inputBits, outputBits);
      checkBytes("key", key, Math.ceil(inputBits / 8));
      checkExactBytes("seed", seed, seedBytes);
      const points = 1 << logPoints;
      const input = new Uint8Array(groups * inputPoints * GROUP_BYTES);
      input.set(key.subarray(0, Math.ceil(inputBits / 8)));
      if (inputBits % 8) input[inputBits >> 3]! &= (1 << (inputBits % 8)) - 1;
      const coefficients = Array.from({ length: groups }, (_, g) => {
        const values = new Uint16Array(points * LANES);
        toLanes(input.subarray(g * inputPoints * GROUP_BYTES, (g + 1) * inputPoints * GROUP_BYTES), values);
        transform(values, logPoints, LANES);
        return values;
      });
      multiplyBySeed(coefficients, points, seed);
      const output = new Uint8Array(groups * outputPoints * GROUP_BYTES);
      coefficients.forEach((values, g) => {
        inverseTransform(values, logPoints, LANES);
        const top = values.subarray((points - outputPoints) * LANES);
        output.set(fromLanes(top), g * outputPoints * GROUP_BYTES);
      });
      const result = output.slice(0, Math.ceil(outputBits / 8));
      if (outputBits % 8) result[result.length - 1]! &= (1 << (outputBits % 8)) - 1;
      return result;
    },
  };
}

export const referenceAmplification = amplificationReference(planAmplification);

/** Byte l of a group is the low half of lane l, byte 16 + l the high half. */
function toLanes(bytes: Uint8Array, values: Uint16Array): void {
  for (let point = 0; point * GROUP_BYTES < bytes.length; point++)
    for (let lane = 0; lane < LANES; lane++) {
      const at = point * GROUP_BYTES + lane;
      values[point * LANES + lane] = bytes[at]! | (bytes[at + LANES]! << 8);
    }
}

function fromLanes(values: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 2);
  values.forEach((value, i) => {
    const at = GROUP_BYTES * Math.floor(i / LANES) + (i % LANES);
    bytes[at] = value & 255;
    bytes[at + LANES] = value >> 8;
  });
  return bytes;
}

/**
 * The seed is stored as bit planes: for each run of up to 128 points, bit b of all elements, then bit b + 1. In a whole
 * run point 16 g + j is bit 8 j + g of a plane, in the only run of a smaller block point p is bit p.
 */
function seedElement(seed: Uint8Array, point: number, points: number, degree: number): Uint32Array {
  const run = Math.min(128, points);
  const place = run === 128 ? 8 * (point % 16) + ((point % 128) >> 4) : point;
  const start = Math.floor(point / run) * run * degree + place;
  const element = new Uint32Array(degree / 32);
  for (let b = 0; b < degree; b++) {
    const at = start + b * run;
    element[b >> 5]! |= ((seed[Math.floor(at / 8)]! >> (at & 7)) & 1) << (b & 31);
  }
  return element;
}

function multiplyBySeed(groups: readonly Uint16Array[], points: number, seed: Uint8Array): void {
  const degree = GROUP_BITS * groups.length;
  for (let point = 0; point < points; point++) {
    const element = new Uint8Array(degree / 8);
    groups.forEach((values, g) => {
      element.set(fromLanes(values.subarray(point * LANES, (point + 1) * LANES)), g * GROUP_BYTES);
    });
    const words = new Uint32Array(element.buffer);
    const product = multiplyWords(words, seedElement(seed, point, points, degree), degree);
    const bytes = new Uint8Array(product.buffer);
    groups.forEach((values, g) => {
      toLanes(
        bytes.subarray(g * GROUP_BYTES, (g + 1) * GROUP_BYTES),
        values.subarray(point * LANES, (point + 1) * LANES),
      );
    });
  }
}
