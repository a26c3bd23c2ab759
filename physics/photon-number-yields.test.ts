import { describe, expect, it } from "vitest";
import {
  idealDecoyBitsPerPulse,
  infiniteDecoyRateBps,
  plobBitsPerPulse,
  saturatedClicksPerS,
} from "./limits.ts";
import { predictLink } from "./link-prediction.ts";
import { photonNumberYield } from "./photon-number-yields.ts";
import { LINK_PRESETS } from "./presets/index.ts";

const links = Object.entries(LINK_PRESETS).map(([name, { link }]) => [name, link] as const);

describe("photon number yields", () => {
  it.each(links)("mixed by the Poisson law give the gains and errors of %s", (_, link) => {
    const prediction = predictLink(link);
    link.intensities.forEach((mean, index) => {
      let gain = 0;
      let error = 0;
      let probability = Math.exp(-mean);
      for (let photons = 0; photons < 40; photons++) {
        const { yield: click, errorYield } = photonNumberYield(link, photons, "z", prediction);
        gain += probability * click;
        error += probability * errorYield;
        probability *= mean / (photons + 1);
      }
      expect(gain).toBeCloseTo(prediction.gains[index] ?? 0, 14);
      expect(error / gain).toBeCloseTo(prediction.qberPerIntensity.z[index] ?? 0, 11);
    });
  });

  it("refuses a fraction of a photon", () => {
    expect(() => photonNumberYield(LINK_PRESETS.t12.link, 0.5, "z")).toThrow(
      expect.objectContaining({ code: "QKD_PHYSICS_RANGE" }),
    );
  });
});

describe("limits", () => {
  it("are those of the literature", () => {
    expect(plobBitsPerPulse(3.010_299_956_639_812)).toBeCloseTo(1, 12);
    expect(plobBitsPerPulse(60)).toBeCloseTo(1e-6 / Math.LN2, 11);
    expect(idealDecoyBitsPerPulse(10)).toBeCloseTo(0.1 / Math.E, 14);
    expect(saturatedClicksPerS({ clockHz: 1e9, deadGates: 9 })).toBe(1e8);
  });

  it.each(links)("hold for %s", (_, link) => {
    const rate = infiniteDecoyRateBps(link);
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(link.clockHz * idealDecoyBitsPerPulse(link.channelLossDb));
    expect(idealDecoyBitsPerPulse(link.channelLossDb)).toBeLessThan(plobBitsPerPulse(link.channelLossDb));
  });
});
