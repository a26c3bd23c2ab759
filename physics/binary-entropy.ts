import { checkArgument, rule } from "../options/index.ts";

/** Binary entropy h(x) = -x log2 x - (1-x) log2(1-x) in bits; h(0) = h(1) = 0. Arguments outside [0, 1] are clamped. */
export function binaryEntropy(probability: number): number {
  checkArgument("probability", probability, rule.anyNumber);
  if (Number.isNaN(probability)) return Number.NaN;
  if (probability <= 0 || probability >= 1) return 0;
  return -(probability * Math.log(probability) + (1 - probability) * Math.log1p(-probability)) / Math.LN2;
}

/**
 * Secrecy of a bit whose phase error rate is bounded by `phaseErrorRate`: 1 - h(e), and 0 from one half on, where the
 * entropy falls again but no secrecy returns.
 */
export function phaseErrorSecrecy(phaseErrorRate: number): number {
  return phaseErrorRate >= 0.5 ? 0 : 1 - binaryEntropy(phaseErrorRate);
}
