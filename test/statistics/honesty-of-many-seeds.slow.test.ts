import { describe, expect, it } from "vitest";
import { ALL_TESTS } from "../honesty/suite/all-tests.ts";
import { HonestyContext } from "../honesty/suite/honesty-context.ts";
import { accusations, FIRST_OF_USERS, isShort, SEED } from "./honesty-rig.ts";

describe("the emulated photons, short of samples, over many seeds", () => {
  const context = new HonestyContext({ scale: "fast", seed: SEED });
  const tests = ALL_TESTS.filter(({ number }) => number < FIRST_OF_USERS && !isShort(number));
  it.each(tests.map(({ number, title }) => [number, title] as const))(
    "%i: %s",
    async (number) => {
      expect(await accusations(number, context)).toEqual([]);
    },
    60_000,
  );
});
