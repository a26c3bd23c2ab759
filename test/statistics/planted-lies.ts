import { expect, it } from "vitest";
import { createOptics } from "../../emulator/index.ts";
import { ALL_MUTATIONS } from "../honesty/mutations/all-mutations.ts";
import type { Mutation } from "../honesty/mutations/mutation.ts";
import { HonestyContext } from "../honesty/suite/honesty-context.ts";
import { accusations, SEED } from "./honesty-rig.ts";

/** Each planted lie that is chosen is noticed by every test that is there for it. */
export function liesAreNoticed(chosen: (lie: Mutation) => boolean): void {
  it.each(ALL_MUTATIONS.filter(chosen).map((lie) => [lie.name, lie] as const))(
    "%s",
    async (_, lie) => {
      const context = new HonestyContext({ scale: "fast", seed: SEED, openOptics: lie.plant(createOptics) });
      for (const number of lie.caughtBy) {
        const found = await accusations(number, context);
        expect(found, `test ${number}`).not.toEqual([]);
        // A test that broke off would prove nothing.
        expect(found.filter((text) => text.startsWith("stopped"))).toEqual([]);
      }
    },
    60_000,
  );
}
