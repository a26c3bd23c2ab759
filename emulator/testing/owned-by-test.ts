import { checkArgument, rule } from "../../options/index.ts";

/** The part of a running test that is needed here: Vitest's test context, or the one of `node:test`. */
export type RunningTest =
  | { onTestFinished(work: () => Promise<void>): void }
  | { after(work: () => Promise<void>): void };

const OF_A_RUNNER = rule.either(
  rule.having(["onTestFinished"], "a test context with onTestFinished"),
  rule.having(["after"], "one with after"),
);

/** Starts something that is stopped when the test is over, also when it failed or ran out of time meanwhile. */
export async function ownedByTest<T extends { stop(): Promise<void> }>(
  test: RunningTest,
  start: () => Promise<T>,
): Promise<T> {
  checkArgument("test", test, OF_A_RUNNER);
  const starting = start();
  const stop = async (): Promise<void> => {
    // What never started has cleaned up after itself, and its error went to the test.
    const started = await starting.catch(() => undefined);
    await started?.stop();
  };
  if ("onTestFinished" in test) test.onTestFinished(stop);
  else test.after(stop);
  return starting;
}
