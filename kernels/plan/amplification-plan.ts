import { KernelError } from "../../errors/index.ts";

/** Bits of one lane group: 16 lanes of GF(2^16). */
export const GROUP_BITS = 256;
/** The transform has at most 2^16 points: the whole of GF(2^16). */
export const MAX_LOG_POINTS = 16;

/** Lane groups a point that have a field, with what a product costs a group, relative to one group alone. */
const PRODUCT_COST: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 1.5],
  [3, 2],
  [4, 2.25],
  [6, 3],
  [8, 3.4],
  [9, 4],
]);

/** How a block is laid out: N = 2^logPoints points of `groups` lane groups each. */
export interface AmplificationPlan {
  readonly groups: number;
  readonly logPoints: number;
  /** Coefficients that hold the input, from the lowest degree up. */
  readonly inputPoints: number;
  /** Coefficients kept as output, from the highest degree down. */
  readonly outputPoints: number;
  readonly seedBytes: number;
}

/** Chooses the cheapest layout with inputPoints + outputPoints <= N. Throws QKD_KERNEL_LIMIT where none is large enough. */
export function planAmplification(inputBits: number, outputBits: number): AmplificationPlan {
  for (const [name, bits] of [
    ["inputBits", inputBits],
    ["outputBits", outputBits],
  ] as const)
    if (!Number.isSafeInteger(bits) || bits < 1)
      throw new KernelError("QKD_KERNEL_INPUT", `${name} is not a positive whole number`, {
        context: { [name]: bits },
      });
  let best: AmplificationPlan | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [groups, productCost] of PRODUCT_COST) {
    const inputPoints = Math.ceil(inputBits / (GROUP_BITS * groups));
    const outputPoints = Math.ceil(outputBits / (GROUP_BITS * groups));
    const logPoints = Math.ceil(Math.log2(inputPoints + outputPoints));
    if (logPoints > MAX_LOG_POINTS) continue;
    const points = 2 ** logPoints;
    const cost = points * groups * (0.22 * logPoints + productCost);
    if (cost >= bestCost) continue;
    bestCost = cost;
    best = { groups, logPoints, inputPoints, outputPoints, seedBytes: (points * groups * GROUP_BITS) / 8 };
  }
  if (best === undefined)
    throw new KernelError("QKD_KERNEL_LIMIT", "input and output together exceed 1.5e8 bits", {
      context: { inputBits, outputBits },
    });
  return best;
}
