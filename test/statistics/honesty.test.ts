import { beforeAll, describe, expect, it } from "vitest";
import { createOptics } from "../../emulator/index.ts";
import { ALL_MUTATIONS } from "../honesty/mutations/all-mutations.ts";
import { ALL_TESTS } from "../honesty/suite/all-tests.ts";
import { declarations, familyFalseAlarm } from "../honesty/suite/false-alarm-budget.ts";
import { HonestyContext } from "../honesty/suite/honesty-context.ts";
import { runTest } from "../honesty/suite/run-test.ts";

/** Each test's own limits hold its false alarms; over all seeds an honest emulator fails here in less than 1 of 100 runs. */
const SEED = 1n;

const accusations = async (number: number, context: HonestyContext): Promise<string[]> => {
  const result = await runTest(ALL_TESTS.find((test) => test.number === number)!, context);
  const failed = result.findings.filter(({ passed }) => !passed);
  return [
    ...result.problems,
    ...failed.map(
      ({ what, observed, expected, pValue }) => `${what}: ${observed}, expected ${expected}, p = ${pValue}`,
    ),
  ];
};

describe("the emulated photons, short of samples", () => {
  let context: HonestyContext;
  beforeAll(() => {
    context = new HonestyContext({ scale: "fast", seed: SEED });
  });

  it.each(ALL_TESTS.map(({ number, title }) => [number, title] as const))("%i: %s", async (number) => {
    expect(await accusations(number, context)).toEqual([]);
  });
});

describe("planted faults are noticed by the tests that are there for them", () => {
  it.each(ALL_MUTATIONS.map((mutation) => [mutation.name, mutation] as const))("%s", async (_, mutation) => {
    const context = new HonestyContext({
      scale: "fast",
      seed: SEED,
      openOptics: mutation.plant(createOptics),
    });
    for (const number of mutation.caughtBy) {
      const found = await accusations(number, context);
      expect(found, `test ${number}`).not.toEqual([]);
      // A test that broke off would prove nothing.
      expect(found.filter((text) => text.startsWith("stopped"))).toEqual([]);
    }
  });
});

describe("the budget", () => {
  it("accuses an honest emulator in less than one run of a hundred", () => {
    expect(familyFalseAlarm(declarations(ALL_TESTS))).toBeLessThan(0.01);
  });
});
