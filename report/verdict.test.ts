import { describe, expect, it } from "vitest";
import { judge, type LimitRange, worstVerdict } from "./verdict.ts";

const both: LimitRange = { low: -10, high: 10, reference: 0 };
const upper: LimitRange = { low: null, high: 10, reference: 2 };
const of = (value: number, u: number) => ({ value, unit: "ps", u, n: 1 });

describe("the verdict on a measured value", () => {
  it.each([
    ["inside by U and not close", 2, 1, both, "pass", 8, 2],
    ["in the last fifth of the way", 8.5, 0.1, both, "marginal", 1.5, 0.2],
    ["at the edge of the last fifth", 8, 0, both, "pass", 2, 0],
    ["inside by less than U", 7, 2, both, "marginal", 3, 4],
    ["at the limit, exactly known", 10, 0, both, "marginal", 0, 0],
    ["outside", 10.5, 1, both, "fail", -0.5, 2],
    ["outside below", -11, 0.1, both, "fail", -1, 0.2],
    ["too coarse to tell", 0, 6, both, "unknown", 10, 12],
    ["outside by more than its coarse U", 30, 6, both, "fail", -20, 12],
    ["one-sided, close", 9, 0.1, upper, "marginal", 1, 0.2],
    ["one-sided, far inside", -100, 0.1, upper, "pass", 110, 0.2],
    ["one-sided, too coarse", 5, 2.5, upper, "unknown", 5, 5],
  ] as const)("%s: %d, u %d", (_, value, u, limit, verdict, margin, U) => {
    expect(judge(of(value, u), limit)).toEqual({
      verdict,
      margin: expect.closeTo(margin, 9),
      U: expect.closeTo(U, 9),
    });
  });

  it("is unknown without a reading, and without a limit", () => {
    expect(judge(of(Number.NaN, 1), both).verdict).toBe("unknown");
    expect(judge(of(1, Number.NaN), both).verdict).toBe("unknown");
    expect(judge(of(1, 0), { low: null, high: null, reference: null }).verdict).toBe("unknown");
  });

  it("passes a count of nothing against a limit of nothing", () => {
    expect(judge(of(0, 0), { low: null, high: 0, reference: 0 }).verdict).toBe("pass");
    expect(judge(of(1, 0), { low: null, high: 0, reference: 0 }).verdict).toBe("fail");
  });

  it("of several is the worst: a broken limit before what could not be judged", () => {
    expect(worstVerdict(["pass", "unknown", "marginal"])).toBe("unknown");
    expect(worstVerdict(["pass", "fail", "unknown"])).toBe("fail");
    expect(worstVerdict(["pass", "marginal"])).toBe("marginal");
    expect(worstVerdict(["pass"])).toBe("pass");
    expect(worstVerdict([])).toBe("unknown");
  });
});
