import { describe, expect, it } from "vitest";
import { type MeasuredGates, noGates } from "../measured-gates.ts";
import { limitedStep, TUNING, wayToOptimum } from "./control-law.ts";

const UVW = [0.4, 0.1, 0.001] as const;
const side = (change: Partial<MeasuredGates>): MeasuredGates => ({
  ...noGates(),
  gates: 1_000_000,
  ...change,
});

describe("the control law of tuning", () => {
  it("finds the arrival from the clicks on either side", () => {
    const clicks = (x: number) => 1e6 * Math.exp(-((30 - x) ** 2) / (2 * 4279));
    const way = wayToOptimum(
      "delay",
      { below: side({ clicks: [clicks(-5), 0] }), above: side({ clicks: [clicks(5), 0] }) },
      UVW,
    );
    expect(way?.move).toBeCloseTo(30, 6);
    expect(way?.uncertainty).toBeLessThan(0.8);
    // As many clicks in twice the gates are half as much light.
    const longer = wayToOptimum(
      "delay",
      {
        below: side({ clicks: [clicks(-5), 0] }),
        above: side({ clicks: [2 * clicks(5), 0], gates: 2_000_000 }),
      },
      UVW,
    );
    expect(longer?.move).toBeCloseTo(30, 6);
  });

  it("finds the phase from the errors on either side", () => {
    const cells = (x: number) => {
      const share = (1 - 0.98 * Math.cos(0.2 - x)) / 2;
      return Object.assign(new Array<number>(48).fill(0), { 0: 1e6 * (1 - share), 1: 1e6 * share });
    };
    const of = (x: number) => side({ clicks: [5e5, 5e5], cells: cells(x) });
    const way = wayToOptimum("phase", { below: of(-0.05), above: of(0.05) }, UVW);
    expect(way?.move).toBeCloseTo(0.2, 1);
    expect(way?.uncertainty).toBeLessThan(0.02);
  });

  it("finds the modulator's working point from the decoys", () => {
    const of = (x: number) => {
      const turn = (mean: number) =>
        0.4 * Math.sin(Math.asin(Math.sqrt(mean / 0.4)) + (Math.PI / 100) * (x + 0.3)) ** 2;
      const cells = new Array<number>(48).fill(0);
      for (const [k, mean] of UVW.entries()) cells[8 * k] = 1e8 * -Math.expm1(-0.05 * turn(mean));
      return side({ clicks: [5e6, 5e6], cells, sent: [1e8, 1e8, 1e8, 0, 0, 0] });
    };
    const way = wayToOptimum("modulator", { below: of(-0.05), above: of(0.05) }, UVW);
    expect(way?.move).toBeCloseTo(-0.3, 1);
  });

  it("evens out the detectors", () => {
    const both = side({ clicks: [1.1e6, 1e6] });
    const way = wayToOptimum("bias", { below: both, above: both }, UVW);
    expect(way?.move).toBeCloseTo(-Math.log(1.1) / 0.466, 6);
  });

  it("moves nothing within its uncertainty, no farther than allowed, and not at all in the dark", () => {
    expect(limitedStep("delay", { move: 3.9, uncertainty: 2 })).toBe(0);
    expect(limitedStep("delay", { move: 4.1, uncertainty: 2 })).toBe(4.1);
    expect(limitedStep("delay", { move: -300, uncertainty: 2 })).toBe(-TUNING.delay.mostStep);
    expect(limitedStep("phase", { move: Number.NaN, uncertainty: 1 })).toBe(0);
    const dark = side({ clicks: [400, 400] });
    expect(wayToOptimum("delay", { below: dark, above: dark }, UVW)).toBeUndefined();
  });
});
