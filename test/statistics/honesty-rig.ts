import { ALL_TESTS } from "../honesty/suite/all-tests.ts";
import type { HonestyContext } from "../honesty/suite/honesty-context.ts";
import { runTest } from "../honesty/suite/run-test.ts";

/** Each test's own limits hold its false alarms; over all seeds an honest emulator fails in less than 1 of 100 runs. */
export const SEED = 1n;

/** From this number on the tests read what users read: frames and registers, without the tap of truth. */
export const FIRST_OF_USERS = 20;

const SHORT_OF_USERS = [21, 23];
/** Runs many others over many seeds. */
const MANY_SEEDS = 19;

/** Whether `npm test` has the time for a test: the others of what users read look at many seconds of light. */
export const isShort = (number: number): boolean =>
  (number < FIRST_OF_USERS && number !== MANY_SEEDS) || SHORT_OF_USERS.includes(number);

/** What a test says against the emulator, in words. */
export async function accusations(number: number, context: HonestyContext): Promise<string[]> {
  const result = await runTest(ALL_TESTS.find((test) => test.number === number)!, context);
  const failed = result.findings.filter(({ passed }) => !passed);
  return [
    ...result.problems,
    ...failed.map(
      ({ what, observed, expected, pValue }) => `${what}: ${observed}, expected ${expected}, p = ${pValue}`,
    ),
  ];
}
