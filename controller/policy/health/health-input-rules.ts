import { type Rule, type RulesOf, rule } from "../../../options/index.ts";
import { LINK_RULES, type LinkParameters } from "../../../physics/index.ts";
import { HEALTH_POLICY_RULES, THRESHOLD_RULES } from "./health-rules.ts";
import type { HealthPolicy } from "./health-settings.ts";
import { HELD_RULE, TIME_OR_NULL } from "./held-rule.ts";
import type { IndicatorThresholds } from "./indicator.ts";

const NUMBER = rule.anyNumber;
const NUMBERS = rule.list(NUMBER, "a list of numbers");
const PER_BASIS = rule.like({ z: NUMBER, x: NUMBER });

/** Of a block's report what is judged. */
export const REPORT_RULE = rule.like(
  {
    detections: NUMBER,
    siftedZ: NUMBER,
    siftedX: NUMBER,
    qber: PER_BASIS,
    counts: rule.like({ sent: NUMBERS, sifted: NUMBERS, errors: NUMBERS }),
    secretBits: NUMBER,
    doubleClicks: NUMBER,
    photocurrentNa: NUMBER,
    photocurrentPeakNa: NUMBER,
    load: rule.list(rule.like({ gates: NUMBER, detections: NUMBER })),
    ones: PER_BASIS,
    openedAtMs: NUMBER,
    collectedAtMs: NUMBER,
  },
  "the report of a block",
);

export const EXPECTATION_RULE = rule.like(
  {
    link: rule.object<LinkParameters>(LINK_RULES),
    intensities: rule.numbers(3),
    bobProbability: PER_BASIS,
    signalGain: NUMBER,
    darkGain: NUMBER,
    afterpulseGain: NUMBER,
    liveFraction: NUMBER,
    qber: PER_BASIS,
    clicksPerGate: NUMBER,
    detectionsPerS: NUMBER,
    doubleClickShare: NUMBER,
  },
  "what expectationOf gives",
);

/** Their form: whoever wants to see a margin at work may give one that no site may. */
export const THRESHOLDS_RULE = rule.object<IndicatorThresholds>(
  Object.fromEntries(
    Object.keys(THRESHOLD_RULES).map((name) => [name, NUMBER]),
  ) as RulesOf<IndicatorThresholds>,
  "thresholds as in DEFAULT_THRESHOLDS",
);

export const POLICY_RULE = rule.object<HealthPolicy>(
  { ...HEALTH_POLICY_RULES, expected: EXPECTATION_RULE },
  "a health policy",
);

const ofTroubles = (one: Rule): Rule =>
  rule.like({
    eavesdropperSuspected: one,
    qberTooHigh: one,
    linkDown: one,
    peerUnreachable: one,
    keyRateTooLow: one,
  });

export const HEALTH_STATE_RULE = rule.like(
  {
    level: rule.choice("up", "degraded", "down"),
    indicators: rule.list(rule.anyObject),
    present: ofTroubles(rule.flag),
    held: ofTroubles(HELD_RULE),
    light: rule.like({ detections: NUMBER, gates: NUMBER }),
    secretBits: rule.list(rule.anyObject),
    output: rule.anyObject,
    startedAtMs: TIME_OR_NULL,
  },
  "a state that begins with INITIAL_HEALTH",
);

const input = (type: string, members: Readonly<Record<string, Rule>>): Rule =>
  rule.like({ type: rule.choice(type), atMs: NUMBER, ...members });

export const HEALTH_INPUT_RULE: Rule = {
  ...rule.either(
    input("block", { report: REPORT_RULE }),
    input("detections", { perS: NUMBER }),
    input("light", { detections: NUMBER, gates: NUMBER }),
    input("pool", { availableBits: NUMBER }),
    input("transceiver", { state: rule.text() }),
    input("readings", { health: rule.like({ quantities: rule.list(rule.anyObject) }) }),
    input("peer", { up: rule.flag }),
    input("tick", {}),
  ),
  wants: "an input of the health policy",
};
