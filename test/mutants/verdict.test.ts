import { describe, expect, it } from "vitest";
import type { BreachResult } from "./campaign.ts";
import { sampleOf } from "./sample.ts";
import { summaryLines, tallies } from "./summary.ts";
import { type TestReport, verdictOf } from "./verdict.ts";

function report(failures: readonly string[][], message = ""): TestReport {
  return {
    numTotalTests: failures.length,
    numFailedTests: failures.length,
    testResults: [
      {
        name: "a.test.ts",
        status: "failed",
        message,
        assertionResults: failures.map((failureMessages, index) => ({
          status: "failed",
          fullName: `test ${index}`,
          failureMessages,
        })),
      },
    ],
  };
}

describe("the verdict on a breach", () => {
  it("is that it survived when every test passed", () => {
    expect(verdictOf({ exitCode: 0, hung: false, report: report([]) }).outcome).toBe("survived");
  });

  it("names the test that failed", () => {
    const run = { exitCode: 1, hung: false, report: report([["AssertionError: expected 1 to be 2\nat x"]]) };
    expect(verdictOf(run)).toEqual({ outcome: "killed", by: "test 0" });
  });

  it("counts tests that come to no end as failed", () => {
    expect(verdictOf({ exitCode: null, hung: true, report: null }).outcome).toBe("killed");
  });

  it.each([
    ["no report", null],
    ["a file that cannot be loaded", report([], "SyntaxError: unexpected token\nat y")],
    ["no test at all", { numTotalTests: 0, numFailedTests: 0, testResults: [] }],
    ["a name that the breach itself does not know", report([["ReferenceError: x is not defined"]])],
  ])("is that the breach proves nothing for %s", (_name, found) => {
    expect(verdictOf({ exitCode: 1, hung: false, report: found }).outcome).toBe("broken");
  });
});

describe("the summary", () => {
  const result = (id: string, outcome: BreachResult["outcome"]): BreachResult => ({
    breach: { id, file: "f", find: "a", replace: "b", meaning: "m", tests: [] },
    outcome,
    by: "",
    seconds: 1,
  });
  const results = [result("pool/a", "killed"), result("trust/b", "survived"), result("pool/c", "broken")];

  it("counts each room and all", () => {
    expect(tallies(results)).toEqual([
      { room: "pool", planted: 2, killed: 1, survived: 0, broken: 1, seconds: 2 },
      { room: "trust", planted: 1, killed: 0, survived: 1, broken: 0, seconds: 1 },
    ]);
    expect(summaryLines(results).at(-1)).toMatch(/^all +3 +1 +1 +1 +3$/);
  });
});

describe("a sample", () => {
  const all = Array.from({ length: 40 }, (_, index) => ({
    id: `r/${index}`,
    file: "f",
    find: "a",
    replace: "b",
    meaning: "m",
    tests: [],
  }));

  it("holds different breaches, the same for the same seed", () => {
    const sample = sampleOf(all, 12, 7);
    expect(new Set(sample.map(({ id }) => id)).size).toBe(12);
    expect(sampleOf(all, 12, 7)).toEqual(sample);
    expect(sampleOf(all, 12, 8)).not.toEqual(sample);
    expect(sampleOf(all, 99, 7)).toHaveLength(40);
  });
});
