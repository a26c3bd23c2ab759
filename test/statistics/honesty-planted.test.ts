import { describe, expect, it } from "vitest";
import { createOptics } from "../../emulator/index.ts";
import { ALL_MUTATIONS } from "../honesty/mutations/all-mutations.ts";
import { HonestyContext } from "../honesty/suite/honesty-context.ts";
import { accusations, SEED } from "./honesty-rig.ts";

describe("planted faults are noticed by the tests that are there for them", () => {
  it.each(ALL_MUTATIONS.map((mutation) => [mutation.name, mutation] as const))(
    "%s",
    async (_, mutation) => {
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
    },
    60_000,
  );
});
