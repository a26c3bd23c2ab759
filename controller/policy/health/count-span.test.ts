import { describe, expect, it } from "vitest";
import { meanSpan } from "./count-span.ts";

describe("the means that a count does not contradict", () => {
  // Garwood's limits of 95 %, as tables of exact Poisson confidence limits have them.
  it.each([
    [0, 0, 3.689],
    [1, 0.0253, 5.572],
    [10, 4.795, 18.39],
    [100, 81.36, 121.63],
  ])("of %i are exact", (count, least, most) => {
    const span = meanSpan(count, 1.959964);
    expect(span[0]).toBeCloseTo(least, 2);
    expect(span[1]).toBeCloseTo(most, 2);
  });

  it("are wide for a few counts, and normal for many", () => {
    const [few, many] = [meanSpan(35, 6), meanSpan(1e8, 6)];
    expect(few[0]).toBeLessThan(12);
    expect(few[1]).toBeGreaterThan(83);
    expect((many[1] - many[0]) / 2e4).toBeCloseTo(6, 2);
  });

  it("are wider for counts that come in company", () => {
    const alone = meanSpan(1e6, 6);
    const company = meanSpan(1e6, 6, 1.21);
    expect((company[1] - company[0]) / (alone[1] - alone[0])).toBeCloseTo(1.1, 3);
  });
});
