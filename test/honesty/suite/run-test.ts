import type { Figure } from "../report/figure.ts";
import type { HonestyContext } from "./honesty-context.ts";
import type { Finding, HonestyTest } from "./honesty-test.ts";

/** A finding held against its limit. */
export interface JudgedFinding extends Finding {
  readonly alpha: number;
  readonly passed: boolean;
}

/** Outcome of one test; plain data, so that it travels between threads and into JSON. */
export interface TestResult {
  readonly number: number;
  readonly title: string;
  readonly catches: string;
  readonly passed: boolean;
  readonly inFull: boolean;
  readonly findings: readonly JudgedFinding[];
  readonly figures: readonly Figure[];
  /** Why the test failed apart from its findings. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Runs one test and judges its findings by the limits that it declared beforehand. */
export async function runTest(test: HonestyTest, context: HonestyContext): Promise<TestResult> {
  const { number, title, catches, limits } = test;
  const started = performance.now();
  let findings: readonly Finding[] = [];
  let figures: readonly Figure[] = [];
  const problems: string[] = [];
  try {
    ({ findings, figures = [] } = await test.run(context));
  } catch (error) {
    problems.push(error instanceof Error ? `stopped: ${error.message}` : "stopped");
  }
  const judged = findings.map((finding): JudgedFinding => {
    const alpha = limits[finding.limit]?.alpha ?? 1;
    const passed = alpha === 0 ? finding.pValue === 1 : finding.pValue >= alpha;
    return { ...finding, alpha, passed };
  });
  for (const [name, { checks }] of Object.entries(limits)) {
    const made = findings.filter(({ limit }) => limit === name).length;
    if (made !== checks) problems.push(`${checks} comparisons of ${name} were declared, ${made} made`);
  }
  for (const { limit } of findings)
    if (!Object.hasOwn(limits, limit)) problems.push(`a comparison of ${limit} was not declared`);
  return {
    number,
    title,
    catches,
    passed: problems.length === 0 && judged.every((finding) => finding.passed),
    inFull: test.inFull ?? false,
    findings: judged,
    figures,
    problems,
    seconds: (performance.now() - started) / 1000,
  };
}
