import { describe, expect, it } from "vitest";
import { arrivalLines } from "./arrival-histogram.ts";

const HISTOGRAM = {
  kind: "arrival",
  detector: 0,
  gates: 1000,
  unit: "ps",
  firstBin: -20,
  binWidth: 10,
  below: 1,
  counts: [0, 20, 0, 20],
  beyond: 2,
} as const;

describe("the times of clicks in words", () => {
  it("tell where the clicks lie, how wide, and how", () => {
    expect(arrivalLines([HISTOGRAM, { ...HISTOGRAM, detector: 1, counts: [0, 0, 10, 0] }])).toEqual([
      "arrivals    of the last measurement, 1000 gates",
      // Bins in the middles -5 and 15.
      "  detector 0: 43 clicks, mean 5.0 ps, spread 10.0 ps rms, -20 ▁█▁█ 20 ps",
      "  detector 1: 13 clicks, mean 5.0 ps, spread 0.0 ps rms, -20 ▁▁█▁ 20 ps",
    ]);
  });

  it("claim nothing without clicks, without a measurement or without a histogram", () => {
    expect(arrivalLines([{ ...HISTOGRAM, counts: [0, 0, 0, 0], below: 0, beyond: 0 }])[1]).toBe(
      "  detector 0: 0 clicks",
    );
    expect(arrivalLines([{ ...HISTOGRAM, gates: 0 }])).toEqual([
      "arrivals    nothing measured since the start",
    ]);
    expect(arrivalLines([])).toEqual([]);
  });
});
