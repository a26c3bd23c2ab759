import { beforeAll, describe, expect, it } from "vitest";
import { ALL_TESTS } from "../honesty/suite/all-tests.ts";
import { declarations, familyFalseAlarm } from "../honesty/suite/false-alarm-budget.ts";
import { HonestyContext } from "../honesty/suite/honesty-context.ts";
import { accusations, FIRST_OF_USERS, isShort, SEED } from "./honesty-rig.ts";

describe("the emulated photons, short of samples", () => {
  let context: HonestyContext;
  beforeAll(() => {
    context = new HonestyContext({ scale: "fast", seed: SEED });
  });

  const tests = ALL_TESTS.filter(({ number }) => number < FIRST_OF_USERS && isShort(number));
  it.each(tests.map(({ number, title }) => [number, title] as const))("%i: %s", async (number) => {
    expect(await accusations(number, context)).toEqual([]);
  });
});

describe("the budget", () => {
  it("accuses an honest emulator in less than one run of a hundred", () => {
    expect(familyFalseAlarm(declarations(ALL_TESTS))).toBeLessThan(0.01);
  });

  it("accuses it in less than one run of a million by what users read", () => {
    const ofUsers = ALL_TESTS.filter(({ number }) => number >= FIRST_OF_USERS);
    expect(familyFalseAlarm(declarations(ofUsers))).toBeLessThan(1e-6);
  });
});
