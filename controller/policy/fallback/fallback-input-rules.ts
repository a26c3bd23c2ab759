import { type Rule, type RulesOf, rule } from "../../../options/index.ts";
import { HELD_RULE, TIME_OR_NULL } from "../health/held-rule.ts";
import type { FallbackPolicy } from "./fallback-policy.ts";

const FALLBACK_REASON = rule.choice(
  "poolExhausted",
  "linkDown",
  "qberTooHigh",
  "keyRateTooLow",
  "eavesdropperSuspected",
  "peerUnreachable",
  "operator",
);
const BITS = rule.number(0, Number.MAX_SAFE_INTEGER);

export const FALLBACK_POLICY_RULES: RulesOf<FallbackPolicy> = {
  engageOn: rule.list(FALLBACK_REASON),
  engageBelowBits: BITS,
  clearAboveBits: BITS,
  rekeyMs: rule.wait(0),
  engageHoldMs: rule.wait(0),
  clearHoldMs: rule.wait(0),
  startGraceMs: rule.wait(0),
};

export const FALLBACK_STATE_RULE = rule.like(
  {
    engaged: rule.flag,
    held: HELD_RULE,
    down: rule.flag,
    operator: rule.flag,
    demand: rule.like({ served: rule.list(rule.anyObject) }),
    supply: rule.like({ blocks: rule.list(rule.anyObject), lastAtMs: TIME_OR_NULL }),
    armed: rule.flag,
    startedAtMs: TIME_OR_NULL,
  },
  "a state that begins with INITIAL_FALLBACK",
);

const input = (type: string, members: Readonly<Record<string, Rule>>): Rule =>
  rule.like({ type: rule.choice(type), atMs: rule.anyNumber, ...members });

export const FALLBACK_INPUT_RULE: Rule = {
  ...rule.either(
    input("health", { reason: rule.either(FALLBACK_REASON, rule.nothing), down: rule.flag }),
    input("pool", { availableBits: rule.anyNumber }),
    input("block", { bits: rule.anyNumber }),
    input("demand", { bits: rule.anyNumber }),
    input("operator", { engage: rule.flag }),
    input("tick", {}),
  ),
  wants: "an input of the fallback",
};

export const FALLBACK_POLICY = rule.object<FallbackPolicy>(FALLBACK_POLICY_RULES, "a fallback policy");
