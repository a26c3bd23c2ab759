import { describe, expect, it } from "vitest";
import { budgetUse, yearlyPace } from "./epsilon-budget.ts";

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
