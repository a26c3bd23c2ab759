/** What the runner's JSON report says, as far as a verdict needs it. */
export interface TestReport {
  readonly numTotalTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** How the run of the tests concerned ended. */
export interface TestRun {
  readonly exitCode: number | null;
  /** Killed after its limit: a loop that never ends, which the runner itself cannot stop. */
  readonly hung: boolean;
  /** Null when the runner wrote none. */
  readonly report: TestReport | null;
}

/** `broken`: tests failed for the way in which the breach is written, so that they prove nothing. */
export type Outcome = "killed" | "survived" | "broken";

export interface Verdict {
  readonly outcome: Outcome;
  /** The first test that failed, or what is wrong. */
  readonly by: string;
}

/** Whether the tests concerned have seen a breach. */
export function verdictOf({ exitCode, hung, report }: TestRun): Verdict {
  if (hung) return { outcome: "killed", by: "the tests did not come to an end" };
  if (exitCode === 0) return { outcome: "survived", by: "every test passed" };
  if (report === null) return { outcome: "broken", by: "the runner ended without a report" };
  const failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === "failed"),
  );
  const [first] = failed;
  if (first === undefined) {
    const suite = report.testResults.find(({ status, message }) => status === "failed" && message !== "");
    if (suite !== undefined) return { outcome: "broken", by: `no test ran: ${firstLine(suite.message)}` };
    if (report.numTotalTests === 0) return { outcome: "broken", by: "no test was found" };
    return { outcome: "killed", by: "an error outside of all tests" };
  }
  const messages = failed.flatMap(({ failureMessages }) => failureMessages ?? []);
  const unknownName = messages.find((message) => /^ReferenceError\b/.test(message));
  if (unknownName !== undefined) return { outcome: "broken", by: firstLine(unknownName) };
  return { outcome: "killed", by: first.fullName };
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";
