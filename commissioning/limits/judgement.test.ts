import { describe, expect, it } from "vitest";
import { sayIn } from "../../report/index.ts";
import { type Judgement, Judging, verdictOf, worstProblem } from "./judgement.ts";

const judging = new Judging(sayIn("en"));
const source = { origin: "D", text: "from_device" } as const;
const name = { id: "delayCentre", text: "check_delayCentre" } as const;
const problem = { find: "find_delayCentre", fix: "fix_delayCentre", values: { centre: 12 } } as const;
const at = (value: number, u = 0.1): Judgement =>
  judging.measured(
    name,
    { value, unit: "ps", u, n: 1 },
    { low: -10, high: 10, reference: 0 },
    source,
    problem,
  );

describe("judging", () => {
  it("gives a check its name, limit, margin and verdict", () => {
    expect(at(2).check).toEqual({
      id: "delayCentre",
      name: "Delay centre",
      measured: { value: 2, unit: "ps", u: 0.1, n: 1 },
      limit: { low: -10, high: 10, reference: 0, origin: "D", ref: "reported by the unit" },
      margin: 8,
      U: 0.2,
      verdict: "pass",
      shown: null,
      reason: null,
    });
  });

  it("says why a reading cannot be judged", () => {
    expect(at(Number.NaN).check).toMatchObject({
      verdict: "unknown",
      reason: "no reading",
      measured: null,
      margin: null,
    });
    expect(at(0, 20).check).toMatchObject({
      verdict: "unknown",
      reason: expect.stringContaining("larger than half"),
    });
  });

  it("passes nothing of a count of what must not happen", () => {
    expect(judging.none(name, 0, 200, source).check.verdict).toBe("pass");
    expect(judging.none(name, 1, 200, source).check.verdict).toBe("fail");
  });

  it("of a step is the worst of its checks, and what does not apply does not count", () => {
    const apart = judging.notApplicable(name, "why_noDemand");
    expect(verdictOf([at(0), at(12), judging.unknown(name, "why_noHands")])).toBe("fail");
    expect(verdictOf([at(0), judging.unknown(name, "why_noHands")])).toBe("unknown");
    expect(verdictOf([at(0), apart])).toBe("pass");
    expect(verdictOf([apart])).toBe("notApplicable");
  });

  it("names the first of the worst problems, and none where all is well", () => {
    const marginal = at(9);
    const failed = at(12);
    expect(worstProblem([at(0), marginal, failed])).toBe(failed);
    expect(worstProblem([at(0), marginal])).toBe(marginal);
    expect(worstProblem([at(0)])).toBeUndefined();
  });
});
