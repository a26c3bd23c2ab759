import { DEFAULT_THRESHOLDS, type IndicatorThresholds } from "./indicator.ts";
import type { LinkExpectation } from "./link-expectation.ts";

/** When a link counts as degraded or down. Times in milliseconds. */
export interface HealthPolicy {
  readonly expected: LinkExpectation;
  readonly thresholds: IndicatorThresholds;
  /** Error rate of either basis from which a block is bad, whatever the closed form says. */
  readonly maxQber: number;
  /** Secret key rate that the site's users need, bits per second; 0 for no demand. */
  readonly demandBps: number;
  /** Time over which the key rate is measured. */
  readonly rateWindowMs: number;
  /** Own-half level below which `poolLow` is reported; again after it rose above 1.25 times this. */
  readonly lowBits: number;
  /** Detections below this share of the expected rate: no light arrives. */
  readonly leastDetectionShare: number;
  /**
   * How long a trouble must last before it counts, and be gone before it is forgotten. What gates show counts at once: a
   * fibre without light, errors, an eavesdropper.
   */
  readonly raiseMs: number;
  readonly clearMs: number;
}

export const DEFAULT_HEALTH_POLICY: Omit<HealthPolicy, "expected"> = {
  thresholds: DEFAULT_THRESHOLDS,
  maxQber: 0.08,
  demandBps: 0,
  rateWindowMs: 60_000,
  lowBits: 65_536,
  leastDetectionShare: 0.1,
  raiseMs: 3000,
  clearMs: 15_000,
};
