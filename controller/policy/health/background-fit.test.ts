import { describe, expect, it } from "vitest";
import { LINK_PRESETS, predictLink } from "../../../physics/index.ts";
import { fitBackground } from "./background-fit.ts";

const GATES = 1e9;

describe("the fitted background", () => {
  const cases = Object.entries(LINK_PRESETS).flatMap(([name, { link }]) =>
    [0, 2, 10, 16, 30, 40].map((lossDb) => [name, lossDb, link] as const),
  );
  it.each(cases)("of %s at %i dB is the one that made the counts", (_name, channelLossDb, link) => {
    const usual = link.darkCountsPerGate[0] + link.darkCountsPerGate[1];
    for (const factor of [0, 0.5, 1, 2, 20]) {
      const dark = (usual * factor) / 2;
      const actual = predictLink({ ...link, channelLossDb, darkCountsPerGate: [dark, dark] });
      const load = [{ gates: GATES, detections: GATES * actual.clicksPerGate }];
      const { extra, model } = fitBackground(
        { ...link, channelLossDb },
        load,
        actual.gains[2] / actual.gains[0],
      );
      expect(Math.abs(extra - usual * (factor - 1))).toBeLessThan(0.01 * usual * Math.max(1, factor));
      expect(model.qber.z).toBeCloseTo(actual.qber.z, 3);
    }
  });

  it("is the nearest there is for a share that no background makes", () => {
    const { link } = LINK_PRESETS.t12;
    const load = [{ gates: GATES, detections: GATES * predictLink(link).clicksPerGate }];
    expect(fitBackground(link, load, 0).extra).toBeCloseTo(-4.2e-5, 9);
    expect(fitBackground(link, load, 2).model.qber.z).toBeCloseTo(0.5, 6);
  });
});
