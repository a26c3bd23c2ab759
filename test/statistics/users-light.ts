import { expect, it } from "vitest";
import { ALL_TESTS } from "../honesty/suite/all-tests.ts";
import { HonestyContext } from "../honesty/suite/honesty-context.ts";
import { accusations, FIRST_OF_USERS, SEED } from "./honesty-rig.ts";

/** The tests that read what users read, those of the numbers that are chosen: none accuses the emulator. */
export function usersAreToldTheTruth(chosen: (number: number) => boolean): void {
  const context = new HonestyContext({ scale: "fast", seed: SEED });
  const tests = ALL_TESTS.filter(({ number }) => number >= FIRST_OF_USERS && chosen(number));
  it.each(tests.map(({ number, title }) => [number, title] as const))(
    "%i: %s",
    async (number) => {
      expect(await accusations(number, context)).toEqual([]);
    },
    60_000,
  );
}
