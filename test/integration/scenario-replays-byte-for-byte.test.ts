import { describe, expect, it } from "vitest";
import { play } from "./scenario-play.ts";
import { SHORT } from "./short-scenario.ts";

describe("the same scenario and seed", () => {
  it("give the same bytes at both units in virtual time, twice, and in real time", async () => {
    const first = await play({ scenario: SHORT, untilS: 2, detectionsPerFrame: 4096 });
    const again = await play({ scenario: SHORT, untilS: 2, detectionsPerFrame: 4096 });
    const real = await play({ scenario: SHORT, untilS: 2, detectionsPerFrame: 4096, speed: "real" });
    expect(again.digests).toEqual(first.digests);
    expect(real.digests).toEqual(first.digests);
    expect(first.digests.alice).not.toBe(first.digests.bob);
  });

  it("differ with another seed", async () => {
    const one = await play({ scenario: SHORT, untilS: 0.5, seed: 1 });
    const two = await play({ scenario: SHORT, untilS: 0.5, seed: 2 });
    expect(one.digests.alice).not.toBe(two.digests.alice);
    expect(one.digests.bob).not.toBe(two.digests.bob);
  });
});
