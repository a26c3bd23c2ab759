import type { DeclaredLimit } from "../suite/false-alarm-budget.ts";
import type { Scale } from "../suite/honesty-context.ts";
import type { TestResult } from "../suite/run-test.ts";

/** Everything that a run says, as it goes into JSON and onto the page. */
export interface HonestyReport {
  readonly suite: "qkdlink emulator honesty";
  readonly passed: boolean;
  readonly scale: Scale;
  readonly seed: string;
  /** Fault planted on purpose, or null. */
  readonly mutation: string | null;
  readonly startedAt: string;
  readonly seconds: number;
  /** Bonferroni bound on accusing an honest emulator, over all seeds. */
  readonly falseAlarmBound: number;
  readonly declared: readonly DeclaredLimit[];
  readonly results: readonly TestResult[];
}

/** Comparisons of a test that are decided by chance, nearest to failure first. */
export function closestCall(result: TestResult): string {
  const statistical = result.findings.filter(({ alpha }) => alpha > 0);
  if (statistical.length === 0) return "exact";
  const worst = statistical.reduce((a, b) => (b.pValue / b.alpha < a.pValue / a.alpha ? b : a));
  return `p ${probability(worst.pValue)} (limit ${probability(worst.alpha)})`;
}

/** A probability in few characters. */
export function probability(value: number): string {
  if (value === 0) return "0";
  return value >= 0.001 ? value.toFixed(3) : value.toExponential(1);
}
