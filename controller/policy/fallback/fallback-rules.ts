import { ConfigError } from "../../../errors/index.ts";
import { checkOptions, maybe, partly, rule } from "../../../options/index.ts";
import { FALLBACK_POLICY_RULES } from "./fallback-input-rules.ts";
import { DEFAULT_FALLBACK_POLICY, type FallbackPolicy } from "./fallback-policy.ts";

export const FALLBACK_RULE = maybe(rule.object<FallbackPolicy>(partly(FALLBACK_POLICY_RULES)));

/** Completes a policy with its defaults. ConfigError QKD_CONFIG_INVALID for one that could never clear. */
export function completeFallback(given: Partial<FallbackPolicy> = {}): FallbackPolicy {
  const policy = { ...DEFAULT_FALLBACK_POLICY, ...given };
  checkOptions("a fallback policy", policy, FALLBACK_POLICY_RULES);
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
