import { describe, expect, it } from "vitest";
import { type ChartPlan, gapsOf, roundAbove } from "./chart-plan.ts";

const plan = (timesS: readonly number[], values: readonly (number | null)[], toS: number) =>
  ({ timesS, toS, lines: [{ name: "a", colour: "", values }] }) as unknown as ChartPlan;

describe("a gap", () => {
  it("reaches from the last reading to the next one", () => {
    expect(gapsOf(plan([0, 2, 4, 6, 8], [1, 1, null, null, 1], 8), 5)).toEqual([
      { fromS: 2, toS: 8, open: false },
    ]);
  });

  it("is open while nothing is read, and where nothing is heard", () => {
    expect(gapsOf(plan([0, 2, 4], [1, null, null], 5), 5)).toEqual([{ fromS: 0, toS: 5, open: true }]);
    expect(gapsOf(plan([0, 2], [1, 1], 60), 5)).toEqual([{ fromS: 2, toS: 60, open: true }]);
  });

  it("lies where no points came at all", () => {
    expect(gapsOf(plan([0, 2, 40, 42], [1, 1, 1, 1], 42), 5)).toEqual([{ fromS: 2, toS: 40, open: false }]);
  });

  it("is none while one of the lines has its value", () => {
    const two = plan([0, 2, 4], [1, null, 1], 4);
    const lines = [...two.lines, { name: "b", colour: "", values: [1, 1, 1] }];
    expect(gapsOf({ ...two, lines }, 5)).toEqual([]);
  });
});

it("an axis ends at a round number above all values", () => {
  expect([
    roundAbove([2.3, null], 6),
    roundAbove([7], 6),
    roundAbove([410], 1),
    roundAbove([0.013], 0),
  ]).toEqual([6, 8, 500, 0.015]);
});
