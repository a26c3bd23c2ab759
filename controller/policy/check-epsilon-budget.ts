import { ConfigError } from "../../errors/index.ts";
import { maybe, type RulesOf, rule } from "../../options/index.ts";
import type { EpsilonBudget } from "./epsilon-budget.ts";

export const BUDGET_RULES: RulesOf<EpsilonBudget> = {
  perYear: maybe(rule.anyNumber),
  total: maybe(rule.anyNumber),
  stop: maybe(rule.flag),
};

/** @throws ConfigError for a budget that is none: limits lie above 0 and up to 1. */
export function checkEpsilonBudget(budget: EpsilonBudget = {}): void {
  for (const name of ["perYear", "total"] as const) {
    const limit = budget[name];
    if (limit !== undefined && !(limit > 0 && limit <= 1))
      throw new ConfigError("QKD_CONFIG_INVALID", `epsilonBudget.${name} must be above 0, and 1 at most`, {
        context: { [name]: String(limit) },
      });
  }
}
