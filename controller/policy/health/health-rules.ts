import { maybe, partly, type RulesOf, rule } from "../../../options/index.ts";
import type { HealthPolicy } from "./health-settings.ts";
import type { IndicatorThresholds } from "./indicator.ts";

const SHARE = rule.number(0, 1);
/** Beyond every deviation, or below each: a threshold that never alarms, or always, has its uses in a trial. */
const THRESHOLD = rule.number(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

export const THRESHOLD_RULES: RulesOf<IndicatorThresholds> = {
  sigmas: THRESHOLD,
  qberRelative: THRESHOLD,
  qberAbsolute: THRESHOLD,
  basisDifference: THRESHOLD,
  decoyRelative: THRESHOLD,
  vacuumRelative: THRESHOLD,
  gainFactor: THRESHOLD,
  doubleClickFactor: THRESHOLD,
  photocurrentFactor: THRESHOLD,
  leakageNa: THRESHOLD,
  chargeLimitFc: THRESHOLD,
  balanceDifference: THRESHOLD,
  monitorExcessDb: THRESHOLD,
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
