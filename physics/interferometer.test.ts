import { describe, expect, it } from "vitest";
import {
  misalignmentAtPhase,
  misalignmentOfVisibility,
  misalignmentUnderDrift,
  stationaryPhaseRad,
} from "./interferometer.ts";

describe("interferometer", () => {
  it("turns visibility into errors", () => {
    expect(misalignmentOfVisibility(0.98)).toBeCloseTo(0.01, 15);
    expect(misalignmentAtPhase(1, Math.PI)).toBe(1);
    expect(misalignmentAtPhase(0.98, 0)).toBeCloseTo(misalignmentOfVisibility(0.98), 15);
  });

  it("adds V s^2 / 4 for small drift, s^2 = diffusion^2 / (2 rate)", () => {
    const drift = { restoringRatePerS: 2, diffusionRadPerRootS: 0.1 };
    expect(stationaryPhaseRad(drift)).toBeCloseTo(0.05, 15);
    const extra = misalignmentUnderDrift(0.98, drift) - misalignmentOfVisibility(0.98);
    expect(extra).toBeCloseTo((0.98 * 0.1 ** 2) / (8 * 2), 6);
  });

  it("is the mean over the Gaussian phase", () => {
    const drift = { restoringRatePerS: 1, diffusionRadPerRootS: 1 };
    const deviation = stationaryPhaseRad(drift);
    let mean = 0;
    const step = 0.001;
    for (let z = -8; z < 8; z += step) {
      mean +=
        (misalignmentAtPhase(0.9, z * deviation) * Math.exp((-z * z) / 2) * step) / Math.sqrt(2 * Math.PI);
    }
    expect(misalignmentUnderDrift(0.9, drift)).toBeCloseTo(mean, 8);
  });

  it("refuses what no interferometer does", () => {
    const range = expect.objectContaining({ code: "QKD_PHYSICS_RANGE" });
    expect(() => misalignmentOfVisibility(1.2)).toThrow(range);
    expect(() => misalignmentAtPhase(0.9, Number.NaN)).toThrow(range);
    expect(() => stationaryPhaseRad({ restoringRatePerS: 0, diffusionRadPerRootS: 1 })).toThrow(range);
    expect(() => stationaryPhaseRad({ restoringRatePerS: 1, diffusionRadPerRootS: -1 })).toThrow(range);
  });
});
