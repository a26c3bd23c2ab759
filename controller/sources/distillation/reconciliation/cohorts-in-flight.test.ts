import { describe, expect, it } from "vitest";
import { WordPool } from "../memory/word-pool.ts";
import { Cohort } from "./cohort.ts";
import { CohortsInFlight, flightLimits } from "./cohorts-in-flight.ts";

const pool = new WordPool();

/** So many cohorts under way, numbered from 0. */
function flight(
  limit: number,
  begun: number,
): { readonly flight: CohortsInFlight; readonly cohorts: Cohort[] } {
  const flight = new CohortsInFlight(flightLimits(limit));
  const cohorts = Array.from({ length: begun }, (_, index) => new Cohort(index, 64, pool));
  for (const cohort of cohorts) flight.add(cohort);
  return { flight, cohorts };
}

describe("cohorts in flight", () => {
  it("admits as many as agreed", () => {
    expect(flight(4, 3).flight.admits(3)).toBe(true);
    expect(flight(4, 4).flight.admits(4)).toBe(false);
    expect(flight(1, 0).flight.admits(0)).toBe(true);
    expect(flight(1, 1).flight.admits(1)).toBe(false);
  });

  it("takes the place of a settled one whatever its turn", () => {
    const { flight: some, cohorts } = flight(4, 4);
    cohorts[2]!.settle("kept");
    some.shed();
    expect(some.count).toBe(3);
    expect(some.admits(4)).toBe(true);
  });

  it("lets none begin a window ahead of one that is not settled", () => {
    const { flight: some, cohorts } = flight(4, 6);
    for (const cohort of cohorts.slice(1)) cohort.settle("kept");
    some.shed();
    expect(some.admits(5)).toBe(true);
    expect(some.admits(6)).toBe(false);
    cohorts[0]!.settle("discarded");
    some.shed();
    expect(some.admits(6)).toBe(true);
  });

  it("forgets all", () => {
    const { flight: some } = flight(2, 2);
    some.clear();
    expect(some.count).toBe(0);
    expect(some.admits(0)).toBe(true);
  });
});
