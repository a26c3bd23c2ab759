import { expect, it } from "vitest";
import { type LinkParameters, predictLink } from "../../physics/index.ts";
import { errorScore, expectLike, LIMIT, names } from "../statistics/scenario-scores.ts";
import { play, readyMade, within } from "./scenario-play.ts";

/** Scores within five standard deviations, as for the other ready-made scenarios. The seed is fixed: that of the scenario. */
it("tokyo-summer-day: a day in seconds, hot at noon", async () => {
  let warmest = -100;
  const played = await play({
    scenario: readyMade("tokyo-summer-day", { clockHz: 1e4, longestFrame: "60 s" }),
    untilS: 16 * 3600,
    watch: ({ truth }) => {
      warmest = Math.max(warmest, truth.conditions.detectorTemperatureC);
    },
  });
  const hour = (from: number, to: number) => within(played.frames, from * 3600, to * 3600);
  expectLike(hour(0, 5), played.link.link);
  const noon: LinkParameters = { ...played.link.link, misalignment: { z: 0.0175, x: 0.0175 } };
  expect(hour(14, 16).qberZ).toBeGreaterThan(1.15 * hour(0, 5).qberZ);
  expect(hour(14, 16).gain / hour(0, 5).gain).toBeCloseTo(0.92, 1);
  expect(Math.abs(errorScore(hour(14, 16), 0, predictLink(noon).qber.z))).toBeLessThan(2 * LIMIT);
  expect(warmest).toBeGreaterThan(-30);
  expect(names(played, "alice", 9 * 3600, 18 * 3600)).toContain("internalTemperatureC");
});
