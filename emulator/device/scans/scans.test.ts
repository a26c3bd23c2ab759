import { describe, expect, it } from "vitest";
import { SeededNoise } from "../instruments/seeded-noise.ts";
import { delayCentre } from "./delay-scan.ts";
import { decoyRatio, workingPoint } from "./modulator-scan.ts";
import { fringe } from "./phase-scan.ts";
import { around, cellSum, type ScanPoint } from "./scan.ts";
import { weightedFit } from "./weighted-fit.ts";

const GATES = 1_000_000;
const noise = new SeededNoise(7);
/** A Poisson number, by its normal approximation. */
const poisson = (mean: number) => Math.max(0, Math.round(mean + noise.normal(Math.sqrt(Math.max(mean, 1)))));

/** A point whose gates meet pulses that come `centre` late: `bright` clicks at the top, `dark` everywhere. */
const delayPoint =
  (centre: number, bright: number, dark: number) =>
  (x: number): ScanPoint => {
    const clicks = poisson(dark + bright * Math.exp(-((x - centre) ** 2) / (2 * 4279)));
    return { x, counted: { gates: GATES, clicks: [clicks, clicks], sent: [], cells: [] } };
  };

describe("a weighted fit", () => {
  it("finds the coefficients of what it is given, and trusts heavy rows more", () => {
    const rows = [0, 1, 2, 3].map((t) => ({
      functions: [1, t, t * t] as const,
      seen: 2 - t + 3 * t * t,
      weight: 1,
    }));
    const fitted = (weight: number) => {
      const fit = weightedFit(rows.map((row) => ({ ...row, weight })));
      if (fit === undefined) expect.unreachable("the rows fix the coefficients");
      return fit;
    };
    expect(fitted(1).coefficients.map((value) => Math.round(1e9 * value) / 1e9)).toEqual([2, -1, 3]);
    expect(fitted(4).covariance[0]![0]).toBeCloseTo(fitted(1).covariance[0]![0] / 4, 9);
    expect(weightedFit(rows.slice(0, 2))).toBeUndefined();
  });
});

describe("a delay scan", () => {
  const scan = (centre: number, bright: number, dark: number) =>
    around(0, 200, 21).map(delayPoint(centre, bright, dark));

  it("finds the centre as well as it says, over many scans", () => {
    const pulls = Array.from({ length: 60 }, (_, index) => {
      const found = delayCentre(scan(index - 30, 3000, 30), 0);
      if ("why" in found) return Number.NaN;
      expect(found.uncertainty).toBeLessThan(1.5);
      return (found.at - (index - 30)) / found.uncertainty;
    });
    const spread = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
    expect(spread).toBeGreaterThan(0.7);
    expect(spread).toBeLessThan(1.5);
  });

  it("finds none in darkness, beyond its ends, and in noise", () => {
    expect(delayCentre(scan(0, 0, 50), 0)).toEqual({ why: "no light stands out from the background" });
    expect(delayCentre(scan(240, 30_000, 10), 0)).toEqual({ why: "the centre lies beyond the scan" });
    const faint = around(0, 200, 21).map((x): ScanPoint => {
      const clicks = [100, 300, 160][(x / 20 + 30) % 3]!;
      return { x, counted: { gates: GATES, clicks: [clicks, clicks], sent: [], cells: [] } };
    });
    expect(delayCentre(faint, 0)).toHaveProperty("why");
  });
});

/** Cells with so many detections in matched Z, of which these are errors. */
function matched(count: number, errors: number): number[] {
  const cells = new Array<number>(48).fill(0);
  cells[0] = count - errors;
  cells[1] = errors;
  return cells;
}

describe("a phase scan", () => {
  const scan = (phase: number, visibility: number, count: number) =>
    around(0, Math.PI, 17).map((x): ScanPoint => {
      const share = (1 - visibility * Math.cos(x - phase)) / 2;
      const errors = Math.round(count * share + noise.normal(Math.sqrt(count * share * (1 - share))));
      return { x, counted: { gates: GATES, clicks: [0, 0], sent: [], cells: matched(count, errors) } };
    });

  it("finds phase and contrast, round the whole circle", () => {
    for (const phase of [-3, -1.2, 0, 0.4, 2.9]) {
      const found = fringe(scan(phase, 0.98, 2000));
      if ("why" in found) expect.unreachable(found.why);
      expect(Math.abs(found.at - phase)).toBeLessThan(5 * found.uncertainty);
      expect(found.uncertainty).toBeLessThan(0.02);
      expect(Math.abs(found.visibility - 0.98)).toBeLessThan(0.03);
    }
  });

  it("finds none in too little light and in noise", () => {
    expect(fringe(scan(0, 0.98, 20))).toEqual({ why: "too little light for a fringe" });
    expect(fringe(scan(0, 0.02, 400))).toEqual({ why: "too little light for a fringe" });
  });
});

describe("a scan of the modulator's bias", () => {
  const SENT = [800_000, 100_000, 100_000, 0, 0, 0];
  const scan = (working: number, scale: number) =>
    around(0, 1, 9).map((x): ScanPoint => {
      const turn = (mean: number) =>
        0.4 * Math.sin(Math.asin(Math.sqrt(mean / 0.4)) + 0.0314 * (x - working)) ** 2;
      const cells = new Array<number>(48).fill(0);
      for (const [k, mean] of [0.4, 0.1, 0.001].entries())
        cells[8 * k] = poisson(SENT[k]! * -Math.expm1(-(scale * turn(mean) + 1e-4)));
      return { x, counted: { gates: GATES, clicks: [0, 0], sent: SENT, cells } };
    });

  it("finds the point at which decoys have their share", () => {
    const found = workingPoint(scan(0.6, 0.5), [0.4, 0.1, 0.001]);
    if ("why" in found) expect.unreachable(found.why);
    expect(Math.abs(found.at - 0.6)).toBeLessThan(5 * found.uncertainty + 0.02);
    expect(decoyRatio(scan(0, 0.5)[4]!.counted).ratio).toBeCloseTo(0.2481, 2);
  });

  it("finds none in too little light and beyond its ends", () => {
    expect(workingPoint(scan(0, 0.002), [0.4, 0.1, 0.001])).toEqual({
      why: "too little light for a working point",
    });
    expect(workingPoint(scan(2, 0.5), [0.4, 0.1, 0.001])).toEqual({
      why: "the working point lies beyond the scan",
    });
  });
});

it("cells are chosen by what both ends had set", () => {
  const cells = Array.from({ length: 48 }, (_, index) => index);
  expect(
    cellSum(cells, (a, k, bit, b, received) => a === 1 && k === 2 && bit === 0 && b === 1 && received === 1),
  ).toBe(((1 * 3 + 2) * 2 + 0) * 4 + 2 + 1);
});
