import { ConfigError } from "../../../errors/index.ts";
import { checkOptions, maybe, partly, type RulesOf, rule } from "../../../options/index.ts";
import { DEFAULT_FALLBACK_POLICY, type FallbackPolicy } from "./fallback-machine.ts";

const BITS = rule.number(0, Number.MAX_SAFE_INTEGER);

const RULES: RulesOf<FallbackPolicy> = {
  engageOn: rule.list(
    rule.choice(
      "poolExhausted",
      "linkDown",
      "qberTooHigh",
      "keyRateTooLow",
      "eavesdropperSuspected",
      "peerUnreachable",
      "operator",
    ),
  ),
  engageBelowBits: BITS,
  clearAboveBits: BITS,
  rekeyMs: rule.wait(0),
  engageHoldMs: rule.wait(0),
  clearHoldMs: rule.wait(0),
  startGraceMs: rule.wait(0),
};

export const FALLBACK_RULE = maybe(rule.object<FallbackPolicy>(partly(RULES)));

/** Completes a policy with its defaults. ConfigError QKD_CONFIG_INVALID for one that could never clear. */
export function completeFallback(given: Partial<FallbackPolicy> = {}): FallbackPolicy {
  const policy = { ...DEFAULT_FALLBACK_POLICY, ...given };
  checkOptions("a fallback policy", policy, RULES);
  if (policy.clearAboveBits <= policy.engageBelowBits)
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      `fallback.clearAboveBits is ${policy.clearAboveBits}, allowed is above engageBelowBits, ${policy.engageBelowBits}`,
      {
        context: { field: "fallback.clearAboveBits" },
        remedy: "raise clearAboveBits, or lower engageBelowBits",
      },
    );
  return policy;
}
