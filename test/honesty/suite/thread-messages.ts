import type { Scale } from "./honesty-context.ts";
import type { TestResult } from "./run-test.ts";

/** What a thread is started with. */
export interface ThreadSetup {
  readonly scale: Scale;
  readonly seed: bigint;
  readonly mutation: string | null;
}

/** To a thread: run these tests, one behind the other, on common samples. */
export interface ThreadJob {
  readonly tests: readonly number[];
}

/** From a thread. */
export type ThreadNews =
  | { readonly type: "started"; readonly test: number }
  | { readonly type: "progress"; readonly test: number; readonly text: string }
  | { readonly type: "result"; readonly result: TestResult }
  | { readonly type: "idle" };
