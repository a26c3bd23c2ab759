import { describe, expect, it } from "vitest";
import { attemptsWithin, budgetUse, costOfAttempt, yearlyPace } from "./epsilon-budget.ts";

const HOUR_MS = 3_600_000;

describe("a budget of failure probability", () => {
  it("is low from four fifths on and spent when all is used, by the limit that is nearer", () => {
    const use = (total: number, lastYear: number) =>
      budgetUse({ total, lastYear }, { total: 10, perYear: 2 });
    expect(use(1, 1)).toEqual({ level: "fine", of: "perYear", used: 0.5 });
    expect(use(7, 1)).toEqual({ level: "fine", of: "total", used: 0.7 });
    expect(use(1, 1.6)).toEqual({ level: "low", of: "perYear", used: 0.8 });
    expect(use(1, 1.59).level).toBe("fine");
    expect(use(9.99, 0).level).toBe("low");
    expect(use(10, 0)).toEqual({ level: "spent", of: "total", used: 1 });
    expect(use(3, 2)).toEqual({ level: "spent", of: "perYear", used: 1 });
  });

  it("that stops distillation is spent where another attempt does not fit, and counts how many do", () => {
    const stopping = { total: 10, perYear: 5, stop: true };
    const left = (total: number, lastYear: number) => attemptsWithin({ total, lastYear }, stopping, 2);
    expect([left(0, 0), left(0, 1), left(0, 1.01), left(7, 0), left(8.01, 0), left(11, 0)]).toEqual([
      2, 2, 1, 1, 0, 0,
    ]);
    // Whole numbers of attempts fit although a sum of fractions does not come out even.
    expect(attemptsWithin({ total: 0.1 + 0.2, lastYear: 0 }, { total: 0.5, stop: true }, 0.1)).toBe(2);
    const use = budgetUse({ total: 1, lastYear: 3.5 }, stopping, 2);
    expect(use).toEqual({ level: "spent", of: "perYear", used: 0.7 });
    expect(budgetUse({ total: 1, lastYear: 3.5 }, { ...stopping, stop: false }, 2).level).toBe("fine");
    expect(attemptsWithin({ total: 99, lastYear: 99 }, { ...stopping, stop: false }, 2)).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(attemptsWithin({ total: 99, lastYear: 99 }, { stop: true }, 2)).toBe(Number.POSITIVE_INFINITY);
  });

  it("counts of an attempt all that its settings allow it to cost", () => {
    const cost = costOfAttempt({ epsilonSecrecy: 1e-10, epsilonCorrectness: 1e-15 });
    expect(cost).toBeGreaterThanOrEqual(1e-10 + 1e-15);
    expect(costOfAttempt({ epsilonSecrecy: 0, epsilonCorrectness: 0 })).toBeGreaterThan(0);
    expect(cost).toBeLessThan(1.0001e-10);
  });

  it("limits nothing where none is given", () => {
    expect(budgetUse({ total: 1, lastYear: 1 }, {})).toEqual({ level: "fine", of: null, used: 0 });
    expect(budgetUse({ total: 1, lastYear: 9 }, { total: 10 })).toMatchObject({ of: "total", level: "fine" });
  });
});

it("the pace of a year is that of the last day, or of a shorter life", () => {
  const totals = (ageMs: number, lastDay: number) => ({
    secrecy: 0,
    correctness: 0,
    authentication: 0,
    total: 1,
    attempts: 1,
    blocks: {},
    sinceMs: 1000,
    atMs: 1000 + ageMs,
    lastYear: 1,
    lastDay,
  });
  expect(yearlyPace(totals(1000 * HOUR_MS, 3))).toBe(3 * 365);
  expect(yearlyPace(totals(12 * HOUR_MS, 3))).toBe(3 * 730);
  expect(yearlyPace(totals(59_999, 3))).toBeNull();
});
