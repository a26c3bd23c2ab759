import { describe, expect, it } from "vitest";
import { readOptions } from "../honesty/options.ts";
import type { Figure } from "../honesty/report/figure.ts";
import type { HonestyReport } from "../honesty/report/honesty-report.ts";
import { htmlPage } from "../honesty/report/html-page.ts";
import { svgFigure } from "../honesty/report/svg-figure.ts";
import { resultLines } from "../honesty/report/terminal-table.ts";
import { ALL_TESTS } from "../honesty/suite/all-tests.ts";
import { HonestyContext } from "../honesty/suite/honesty-context.ts";
import type { Finding, HonestyTest } from "../honesty/suite/honesty-test.ts";
import { runTest } from "../honesty/suite/run-test.ts";
import { schedule } from "../honesty/suite/schedule.ts";

const context = new HonestyContext({ scale: "fast", seed: 1n });

function testOf(findings: readonly Partial<Finding>[], checks = findings.length): HonestyTest {
  const whole = { limit: "chance", what: "<what>", pValue: 1, observed: "1", expected: "2" };
  return {
    number: 1,
    title: "a test",
    catches: "nothing",
    limits: { chance: { statistic: "p", alpha: 0.01, checks } },
    run: async () => ({ findings: findings.map((finding) => ({ ...whole, ...finding })) }),
  };
}

describe("judging", () => {
  it("passes at the limit and fails below it", async () => {
    const result = await runTest(testOf([{ pValue: 0.01 }, { pValue: 0.0099 }]), context);
    expect(result.findings.map(({ passed }) => passed)).toEqual([true, false]);
    expect(result.passed).toBe(false);
  });

  it("accepts no other number of comparisons than declared, and no undeclared kind", async () => {
    expect((await runTest(testOf([{}], 2), context)).problems).toEqual([
      "2 comparisons of chance were declared, 1 made",
    ]);
    const undeclared = await runTest(testOf([{}, { limit: "luck" }], 1), context);
    expect(undeclared.problems).toEqual(["a comparison of luck was not declared"]);
    expect(undeclared.passed).toBe(false);
  });

  it("counts a test that breaks off as failed", async () => {
    const broken: HonestyTest = { ...testOf([]), run: () => Promise.reject(new Error("no light")) };
    expect(await runTest(broken, context)).toMatchObject({ passed: false, problems: ["stopped: no light"] });
  });

  it("takes not-a-number for a failure", async () => {
    expect((await runTest(testOf([{ pValue: Number.NaN }]), context)).passed).toBe(false);
  });
});

describe("samples", () => {
  it("have seeds of their own that follow from the run's", () => {
    const other = new HonestyContext({ scale: "fast", seed: 2n });
    const seeds = [context.seedFor("a"), context.seedFor("b"), other.seedFor("a")];
    expect(new Set(seeds).size).toBe(3);
    expect(context.seedFor("a")).toBe(seeds[0]);
  });

  it("are taken once", async () => {
    let taken = 0;
    const take = async () => ++taken;
    expect([await context.sample("once", take), await context.sample("once", take)]).toEqual([1, 1]);
  });

  it("are scheduled so that every wanted test runs exactly once", () => {
    const all = ALL_TESTS.map(({ number }) => number);
    expect(
      schedule(new Set(all))
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(all);
    expect(schedule(new Set([5, 8]))).toEqual([[5], [8]]);
  });
});

describe("the command line", () => {
  it("runs everything in full mode with a fixed seed unless told otherwise", () => {
    expect(readOptions([])).toMatchObject({ scale: "full", seed: 1n, threads: 2, mutation: null });
    expect(readOptions([]).tests.size).toBe(ALL_TESTS.length);
    expect(readOptions(["--fast", "--seed", "7", "--tests", "4, 8"])).toMatchObject({
      scale: "fast",
      seed: 7n,
    });
    expect(readOptions(["--seed", "random"]).seed).not.toBe(readOptions(["--seed", "random"]).seed);
  });

  it.each([
    [["--fast", "--full"]],
    [["--seed", "-1"]],
    [["--seed", "18446744073709551616"]],
    [["--seed", "1e3"]],
    [["--tests", "0"]],
    [["--tests", "4,99"]],
    [["--tests", ""]],
    [["--threads", "0"]],
    [["--mutation", "none"]],
    [["--colour"]],
    [["4"]],
  ])("refuses %j", (args) => {
    expect(() => readOptions(args)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_INVALID" }));
  });
});

describe("reports", () => {
  const figure: Figure = {
    title: "gaps & <more>",
    xLabel: "x",
    yLabel: "y",
    logY: true,
    series: [
      {
        name: "law",
        shape: "line",
        points: [
          { x: 1, y: 1e-3 },
          { x: 2, y: 1e-5 },
        ],
      },
      {
        name: "sampled",
        shape: "points",
        points: [
          { x: 1, y: 1.1e-3, error: 1e-4 },
          { x: 2, y: 2e-5, error: 3e-5 },
        ],
      },
      { name: "histogram", shape: "bars", points: [{ x: 1, y: 1e-4 }] },
    ],
    caption: "how to read it",
  };
  const report = async (): Promise<HonestyReport> => ({
    suite: "qkdlink emulator honesty",
    passed: false,
    scale: "fast",
    seed: "1",
    mutation: "painted-<gains>",
    startedAt: "2026-01-01T00:00:00.000Z",
    seconds: 3,
    falseAlarmBound: 0.009,
    declared: [],
    results: [{ ...(await runTest(testOf([{ pValue: 1e-9 }]), context)), figures: [figure] }],
  });

  it("draw figures without a number missing, error bars below zero on a logarithmic axis included", () => {
    const svg = svgFigure(figure);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg.match(/<polyline/g)).toHaveLength(1);
    expect(svg).toContain("gaps &amp; &lt;more&gt;");
  });

  it("make one page that fetches nothing and escapes what it shows", async () => {
    const page = htmlPage(await report());
    expect(page).not.toMatch(/https?:|<script|<link|src=|url\(/);
    expect(page).toContain("painted-&lt;gains&gt;");
    expect(page).toContain("&lt;what&gt;");
    expect(page).toContain("Not honest");
  });

  it("name every failed comparison on the terminal", async () => {
    const lines = resultLines(await report());
    expect(lines.at(-1)).toMatch(/^NOT HONEST: 0 of 1 tests passed, fast mode, seed 1/);
    expect(lines).toContain("  <what>: 1, expected 2 (p 1.0e-9, limit 0.010)");
  });
});
