import { type Condition, withLink } from "./condition.ts";

/** Excess bias at which the trigger probability reaches 1 - 1/e of its limit, and with which dark counts grow e-fold, V. */
const TRIGGER_V = 2.5;
const DARK_E_FOLD_V = 1.5;

/**
 * Detectors at another bias: trigger probability, dark counts, afterpulses and charge follow the voltage beyond breakdown
 * as they usually do in InGaAs/InP diodes.
 */
export function withExcessBias(condition: Condition, excessV: number): Condition {
  const { link } = condition;
  const was = condition.excessBiasV;
  const trigger = Math.expm1(-excessV / TRIGGER_V) / Math.expm1(-was / TRIGGER_V);
  const dark = Math.exp((excessV - was) / DARK_E_FOLD_V);
  const each = ([zero, one]: readonly [number, number], factor: number, most: number) =>
    [Math.min(most, zero * factor), Math.min(most, one * factor)] as const;
  return {
    ...withLink(condition, {
      detectorEfficiency: each(link.detectorEfficiency, trigger, 1),
      darkCountsPerGate: each(link.darkCountsPerGate, dark, 0.4),
      afterpulseProbability: (link.afterpulseProbability * excessV) / was,
    }),
    excessBiasV: excessV,
  };
}
