import type { HonestyTest } from "./honesty-test.ts";

/** One line of the declaration that is printed before anything is sampled. */
export interface DeclaredLimit {
  readonly number: number;
  readonly title: string;
  readonly statistic: string;
  readonly alpha: number;
  readonly checks: number;
  /** alpha x checks: how likely these comparisons together accuse an honest emulator, at most. */
  readonly falseAlarm: number;
}

/** Everything that a run is going to compare. */
export function declarations(tests: readonly HonestyTest[]): DeclaredLimit[] {
  return tests.flatMap(({ number, title, limits }) =>
    Object.values(limits).map(({ statistic, alpha, checks }) => ({
      number,
      title,
      statistic,
      alpha,
      checks,
      falseAlarm: alpha * checks,
    })),
  );
}

/** Bonferroni bound: how likely a run accuses an honest emulator of anything at all, at most, over all seeds. */
export function familyFalseAlarm(declared: readonly DeclaredLimit[]): number {
  return declared.reduce((sum, { falseAlarm }) => sum + falseAlarm, 0);
}
