import { maybe, partly, type RulesOf, rule } from "../../../options/index.ts";
import type { HealthPolicy } from "./health-settings.ts";
import type { IndicatorThresholds } from "./indicator.ts";

const SHARE = rule.number(0, 1);
const NOT_NEGATIVE = rule.number(0, Number.MAX_VALUE);
const ABOVE_ZERO = rule.number(Number.MIN_VALUE, Number.MAX_VALUE);

export const THRESHOLD_RULES: RulesOf<IndicatorThresholds> = {
  sigmas: rule.number(1, 100),
  qberRelative: ABOVE_ZERO,
  qberAbsolute: SHARE,
  basisDifference: SHARE,
  decoyRelative: ABOVE_ZERO,
  vacuumRelative: ABOVE_ZERO,
  gainFactor: ABOVE_ZERO,
  doubleClickFactor: ABOVE_ZERO,
  photocurrentFactor: ABOVE_ZERO,
  leakageNa: NOT_NEGATIVE,
  chargeLimitFc: ABOVE_ZERO,
  balanceDifference: ABOVE_ZERO,
  monitorExcessDb: ABOVE_ZERO,
};

export const HEALTH_POLICY_RULES: RulesOf<Omit<HealthPolicy, "expected">> = {
  thresholds: rule.object<IndicatorThresholds>(THRESHOLD_RULES),
  maxQber: rule.number(0, 0.5),
  demandBps: rule.number(0, Number.MAX_VALUE),
  rateWindowMs: rule.wait(),
  lowBits: rule.number(0, Number.MAX_SAFE_INTEGER),
  leastDetectionShare: SHARE,
  raiseMs: rule.wait(0),
  clearMs: rule.wait(0),
};

export const HEALTH_RULE = maybe(rule.object<Omit<HealthPolicy, "expected">>(partly(HEALTH_POLICY_RULES)));
