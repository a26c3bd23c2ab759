import { expect, it } from "vitest";
import { checkEpsilonBudget } from "./check-epsilon-budget.ts";

it("refuses a budget that is no probability", () => {
  for (const budget of [undefined, {}, { total: 1 }, { perYear: 1e-6, total: 1e-5, stop: true }])
    checkEpsilonBudget(budget);
  for (const budget of [{ total: 0 }, { perYear: -1e-6 }, { total: 1.1 }, { perYear: Number.NaN }])
    expect(() => checkEpsilonBudget(budget)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_INVALID" }));
});
