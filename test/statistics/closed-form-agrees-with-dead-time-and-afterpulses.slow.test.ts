import { describe, expect, it } from "vitest";
import { agreementGrid } from "./agreement/agreement-grid.ts";
import { agreementRun } from "./agreement/agreement-run.ts";
import { agrees, pooled } from "./agreement/pooled.ts";

// 12 settings of 9 figures within five standard errors, and pooled: an honest emulator fails with probability below 1e-4.
const SETTINGS = agreementGrid(["t12", "mu-oband"]).filter(
  ({ afterpulseProbability, lossDb, deadGates }) =>
    afterpulseProbability === 0.08 && lossDb <= 5 && deadGates > 0 && deadGates < 100,
);

describe("closed form with dead time and afterpulses together", () => {
  it("agrees with the emulated photons within one per cent in gains and error rates", async () => {
    const all = [];
    for (const point of SETTINGS) {
      const figures = await agreementRun(point, { error: 2e-3, maxGates: 4e8 }, 20261129n);
      for (const figure of figures)
        expect(agrees(figure), `${point.preset} ${point.lossDb} dB ${point.deadGates} ${figure.name}`).toBe(
          true,
        );
      all.push(...figures);
    }
    for (const figure of pooled(all)) {
      expect(agrees(figure), figure.name).toBe(true);
      expect(figure.error, figure.name).toBeLessThan(5e-3);
    }
  }, 300_000);

  it("tells apart what the mean field made of them", () => {
    const meanField = { name: "gain w", difference: 0.039, error: 2e-3 };
    expect(agrees(meanField)).toBe(false);
  });
});
