import { describe, expect, it } from "vitest";
import { fitGaps } from "./gap-fit.ts";
import { fitGate } from "./gate-fit.ts";
import { fitPhase } from "./phase-fit.ts";
import { straightLine } from "./statistics.ts";

/** A steady stand-in for counting: the same small deviations in every run, of the size that counts have. */
const counted = (mean: number, index: number): number =>
  Math.round(mean + Math.sqrt(mean) * Math.sin(7.3 * index + mean));

describe("the fit of a gate", () => {
  const scan = (centrePs: number, sigmaPs: number, background: number) =>
    Array.from({ length: 21 }, (_, index) => {
      const delayPs = -200 + 20 * index;
      const causes = 0.011 * Math.exp(-((delayPs - centrePs) ** 2) / (2 * sigmaPs ** 2)) + background;
      const gates = 5e6;
      return { delayPs, gates, clicks: counted(gates * -Math.expm1(-causes), index) };
    });

  it.each([
    [0, 65.4],
    [12.5, 65.4],
    [-37, 80],
    [60, 50],
  ])("finds centre %d ps and sigma %d ps within what it claims", (centrePs, sigmaPs) => {
    const fit = fitGate(scan(centrePs, sigmaPs, 1e-5), 1e-5);
    expect(Math.abs(fit.centrePs - centrePs)).toBeLessThan(4 * fit.centreU);
    expect(Math.abs(fit.fwhmPs - 2.3548 * sigmaPs)).toBeLessThan(4 * fit.fwhmU);
    expect(fit.centreU).toBeLessThan(0.5);
    expect(fit.peak).toBeCloseTo(0.011, 4);
  });

  it("gives no centre where nothing has a maximum", () => {
    const flat = Array.from({ length: 21 }, (_, index) => ({
      delayPs: 20 * index,
      gates: 1e6,
      clicks: 1000,
    }));
    expect(fitGate(flat, 0).centrePs).toBeNaN();
    expect(
      fitGate(
        flat.map((point) => ({ ...point, clicks: 0 })),
        0,
      ).centrePs,
    ).toBeNaN();
  });
});

describe("the fit of interference", () => {
  const scan = (centre: number, visibility: number) =>
    Array.from({ length: 17 }, (_, index) => {
      const phaseRad = -Math.PI + (2 * Math.PI * index) / 17;
      const clean = (1 - visibility * Math.cos(phaseRad - centre)) / 2;
      const u = Math.sqrt((clean * (1 - clean) + 1e-6) / 1e5);
      return { phaseRad, error: clean + u * Math.sin(11 * index), u };
    });

  it.each([
    [0, 0.98],
    [0.3, 0.9],
    [-2.9, 0.5],
  ])("finds centre %d rad and visibility %d within what it claims", (centre, visibility) => {
    const fit = fitPhase(scan(centre, visibility));
    expect(Math.abs(fit.centreRad - centre)).toBeLessThan(4 * fit.centreU);
    expect(Math.abs(fit.visibility - visibility)).toBeLessThan(4 * fit.visibilityU);
    expect(fit.centreU).toBeLessThan(0.02);
  });

  it("finds the visibility at the extremes where the phase moves during the scan", () => {
    const moving = scan(0, 0.98).map((point, index) => {
      const phase = point.phaseRad + 0.05 * Math.sin(5 * index);
      return { ...point, error: (1 - 0.98 * Math.cos(phase)) / 2 };
    });
    const fit = fitPhase(moving);
    expect(Math.abs(fit.visibility - 0.98)).toBeLessThan(4 * fit.visibilityU);
    expect(fit.visibilityU).toBeLessThan(0.005);
    expect(fit.centreU).toBeGreaterThan(0.005);
  });

  it("claims less where points scatter more than their counts", () => {
    const noisy = scan(0, 0.98).map((point, index) => ({
      ...point,
      error: point.error + 0.02 * Math.cos(index),
    }));
    expect(fitPhase(noisy).centreU).toBeGreaterThan(3 * fitPhase(scan(0, 0.98)).centreU);
  });
});

describe("the fit of a fringe with scatter at its extremes alone", () => {
  it("claims less of the visibility", () => {
    const at = (index: number) => -Math.PI + (2 * Math.PI * index) / 16;
    const points = (scatter: number) =>
      Array.from({ length: 17 }, (_, index) => {
        const phaseRad = at(index);
        const extreme = Math.abs(Math.sin(phaseRad)) < 0.3;
        const error = (1 - 0.98 * Math.cos(phaseRad)) / 2 + (extreme ? scatter * (-1) ** index : 0);
        return { phaseRad, error, u: 1e-3 };
      });
    expect(fitPhase(points(0.01)).visibilityU).toBeGreaterThan(3 * fitPhase(points(0)).visibilityU);
  });
});

describe("the fit of gaps", () => {
  /** Gaps of clicks with a steady chance a gate and afterpulses that decay over ten gates. */
  const histogram = (steady: number, afterpulses: number) => {
    const total = 5e6;
    let alive = total;
    const counts = Array.from({ length: 1024 }, (_, index) => {
      const released = afterpulses * -Math.expm1(-1 / 10) * Math.exp(-index / 10);
      const hazard = 1 - (1 - steady) * (1 - released);
      const clicks = counted(alive * hazard, index);
      alive -= clicks;
      return clicks;
    });
    return { firstGap: 1, binGates: 1, counts, beyond: Math.max(0, Math.round(alive)) };
  };

  it.each([
    [0.011, 0.03],
    [0.011, 0],
    [0.0005, 0.06],
    [0.04, 0.03],
  ])("at a chance of %d a gate finds %d afterpulses a click within what it claims", (steady, afterpulses) => {
    const fit = fitGaps(histogram(steady, afterpulses), 10);
    expect(Math.abs(fit.probability - afterpulses)).toBeLessThan(4 * fit.u + 0.02 * afterpulses);
    expect(fit.steady).toBeCloseTo(steady, 3);
    expect(fit.u).toBeLessThan(0.01);
  });

  it("claims nothing of an empty histogram", () => {
    expect(
      fitGaps({ firstGap: 1, binGates: 1, counts: new Array(100).fill(0), beyond: 0 }, 10).probability,
    ).toBe(0);
  });
});

describe("a straight line", () => {
  it("goes through its points, heavier ones first", () => {
    const x = [0, 1, 2, 3];
    expect(straightLine(x, [1, 3, 5, 7])).toMatchObject({ slope: 2, offset: 1, slopeU: 0, scatter: 0 });
    const light = straightLine(x, [0, 1, 2, 100], [1e6, 1e6, 1e6, 1e-6]);
    expect(light.slope).toBeCloseTo(1, 6);
  });
});
