import type { DeclaredLimit } from "../suite/false-alarm-budget.ts";
import type { TestResult } from "../suite/run-test.ts";
import { closestCall, type HonestyReport, probability } from "./honesty-report.ts";

/** What is going to be compared, printed before anything is sampled. */
export function declarationLines(declared: readonly DeclaredLimit[], bound: number): string[] {
  const rows = declared.map(({ number, statistic, alpha, checks, falseAlarm }) => [
    String(number),
    String(checks),
    alpha === 0 ? "exact" : `p >= ${probability(alpha)}`,
    alpha === 0 ? "0" : falseAlarm.toExponential(1),
    statistic,
  ]);
  return [
    "Declared before the run:",
    ...table([["test", "checks", "passes at", "false alarm", "statistic"], ...rows]),
    `An honest emulator is accused with probability ${bound.toExponential(2)} at most, over all seeds (Bonferroni).`,
  ];
}

/** One line per test, with the failures spelled out below. */
export function resultLines({ results, passed, seed, scale, mutation, seconds }: HonestyReport): string[] {
  const rows = results.map((result) => [
    result.passed ? "ok" : "FAIL",
    String(result.number),
    result.title,
    `${result.findings.filter((finding) => finding.passed).length}/${result.findings.length}`,
    closestCall(result),
    `${result.seconds.toFixed(1)} s`,
  ]);
  const planted = mutation === null ? "" : `, with the planted fault ${mutation}`;
  return [
    ...table([["", "test", "what", "passed", "closest call", "time"], ...rows]),
    ...results.filter((result) => result.inFull).flatMap(fullLines),
    ...results.filter((result) => !result.passed).flatMap(failureLines),
    `${passed ? "HONEST" : "NOT HONEST"}: ${results.filter((result) => result.passed).length} of ${results.length} tests passed, ${scale} mode, seed ${seed}${planted}, ${seconds.toFixed(0)} s`,
  ];
}

function fullLines({ number, title, findings }: TestResult): string[] {
  const rows = findings.map(({ limit, what, observed, expected }) => [
    `  ${limit}`,
    what,
    observed,
    expected,
  ]);
  return [
    "",
    `test ${number}, ${title}, in full:`,
    ...table([["  ", "what", "observed", "expected"], ...rows]),
    "",
  ];
}

function failureLines(result: TestResult): string[] {
  return [
    "",
    `test ${result.number}, ${result.title}:`,
    ...result.problems.map((problem) => `  ${problem}`),
    ...result.findings
      .filter((finding) => !finding.passed)
      .map(
        ({ what, observed, expected, pValue, alpha }) =>
          `  ${what}: ${observed}, expected ${expected}${alpha === 0 ? "" : ` (p ${probability(pValue)}, limit ${probability(alpha)})`}`,
      ),
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}
