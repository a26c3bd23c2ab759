import { KernelError } from "../../errors/index.ts";

/** Bits of one lane group: 16 lanes of GF(2^16). */
export const GROUP_BITS = 256;
/** The transform has at most 2^16 points: the whole of GF(2^16). */
export const MAX_LOG_POINTS = 16;

/** Lane groups a point that have a field, with what a product costs a group, relative to one group alone. */
const PRODUCT_COST: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 1.42],
  [3, 1.96],
  [4, 2.05],
  [6, 2.75],
  [8, 2.97],
  [9, 3.6],
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

/** Lays a block out for amplification. */
export type AmplificationPlanner = (inputBits: number, outputBits: number) => AmplificationPlan;

/** Chooses the cheapest layout with inputPoints + outputPoints <= N. Throws QKD_KERNEL_LIMIT where none is large enough. */
export const planAmplification: AmplificationPlanner = planWithGroups([...PRODUCT_COST.keys()]);

/** A planner that uses these numbers of lane groups alone. */
export function planWithGroups(choices: readonly number[]): AmplificationPlanner {
  return (inputBits, outputBits) => {
    checkLength("input", inputBits);
    checkLength("output", outputBits);
    let best: AmplificationPlan | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const groups of choices) {
      const inputPoints = Math.ceil(inputBits / (GROUP_BITS * groups));
      const outputPoints = Math.ceil(outputBits / (GROUP_BITS * groups));
      const logPoints = Math.ceil(Math.log2(inputPoints + outputPoints));
      if (logPoints > MAX_LOG_POINTS) continue;
      const points = 2 ** logPoints;
      // A layer of butterflies costs about 0.056 of a product in GF(2^256).
      const cost = points * groups * (0.056 * logPoints + PRODUCT_COST.get(groups)!);
      if (cost >= bestCost) continue;
      bestCost = cost;
      best = { groups, logPoints, inputPoints, outputPoints, seedBytes: (points * groups * GROUP_BITS) / 8 };
    }
    if (best === undefined)
      throw new KernelError("QKD_KERNEL_LIMIT", "input and output together exceed 1.5e8 bits", {
        context: { inputBits, outputBits },
      });
    return best;
  };
}

function checkLength(name: string, bits: number): void {
  if (!Number.isSafeInteger(bits) || bits < 1)
    throw new KernelError("QKD_KERNEL_INPUT", `the ${name} length is not a positive whole number of bits`, {
      context: { name, bits },
    });
}
