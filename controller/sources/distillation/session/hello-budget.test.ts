import { describe, expect, it } from "vitest";
import { HelloBudget } from "./hello-budget.ts";

/** How many of so many hellos, so far apart, are within the budget. */
const within = (budget: HelloBudget, hellos: number, everyMs: number): number =>
  Array.from({ length: hellos }, (_, i) => budget.take(5000 + everyMs * i)).filter(Boolean).length;

describe("the budget of hellos", () => {
  it("is four at once and one a second", () => {
    expect(within(new HelloBudget(), 100, 0)).toBe(4);
    expect(within(new HelloBudget(), 100, 1000)).toBe(100);
    expect(within(new HelloBudget(), 101, 100)).toBe(14);
  });

  it("is never more than the burst after a pause, nor more when the clock is set back", () => {
    const budget = new HelloBudget();
    within(budget, 4, 0);
    expect(Array.from({ length: 9 }, () => budget.take(1e9)).filter(Boolean)).toHaveLength(4);
    expect(Array.from({ length: 9 }, (_, i) => budget.take(1e8 - i)).filter(Boolean)).toHaveLength(0);
  });

  it("leaves a margin to who keeps it himself", () => {
    expect(within(new HelloBudget(1), 100, 0)).toBe(3);
    expect(within(new HelloBudget(1), 100, 1000)).toBe(100);
  });
});
