import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cellOf,
  type FramePlanes,
  joinTallies,
  type LinkTally,
  sliceTallies,
  tallyPlanes,
} from "../index.ts";

const bit = fc.nat(1);
const detection = fc.record({ s: bit, k: fc.nat(2), x: bit, t: bit, y: bit });
type Detection = { s: number; k: number; x: number; t: number; y: number };

/** Planes of the detections with rubbish behind the last one. */
function planesOf(all: readonly Detection[]): FramePlanes {
  const plane = (of: (one: Detection) => number) => {
    const bytes = new Uint8Array(Math.ceil(all.length / 8) + 1).fill(0xff);
    for (const [i, one] of all.entries()) if (of(one) === 0) bytes[i >> 3]! &= ~(1 << (i & 7));
    return bytes;
  };
  return {
    aliceBasis: plane(({ s }) => s),
    aliceBit: plane(({ x }) => x),
    intensityLow: plane(({ k }) => k & 1),
    intensityHigh: plane(({ k }) => k >> 1),
    bobBasis: plane(({ t }) => t),
    bobBit: plane(({ y }) => y),
  };
}

const tally = (gates: number, detections: number): LinkTally => ({
  gates,
  detections,
  deadGates: 0,
  clicks: [detections, 0],
  doubleClicks: 1,
  photocurrentNa: detections,
  sent: Array(6).fill(gates / 6),
  cells: Array(48).fill(detections / 48),
});

describe("counting a frame", () => {
  it("equals the definition, detection by detection", () => {
    fc.assert(
      fc.property(fc.array(detection, { maxLength: 200, size: "max" }), (all) => {
        const expected = Array(48).fill(0);
        for (const { s, k, x, t, y } of all) expected[cellOf(s, k, x, t, y)] += 1;
        expect(tallyPlanes(planesOf(all), all.length)).toEqual(expected);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it("refuses an intensity that means nothing, and planes that are too short", () => {
    const all = Array.from({ length: 20 }, () => ({ s: 0, k: 0, x: 0, t: 0, y: 0 }));
    const refused = expect.objectContaining({ code: "QKD_CODEC_VALUE" });
    expect(() => tallyPlanes(planesOf(all.with(19, { ...all[0]!, k: 3 })), 20)).toThrow(refused);
    expect(() => tallyPlanes({ ...planesOf(all), bobBit: new Uint8Array(2) }, 20)).toThrow(refused);
  });
});

describe("tallies", () => {
  it("add up, and their currents are weighted by gates", () => {
    const both = joinTallies([tally(600, 10), tally(1800, 50)]);
    expect(both).toMatchObject({ gates: 2400, detections: 60, doubleClicks: 2, photocurrentNa: 40 });
    expect(both.sent).toEqual(Array(6).fill(400));
  });

  it("are cut into slices of about equal time, each tally in one of them", () => {
    const all = Array.from({ length: 103 }, (_, index) => tally(100, index));
    const slices = sliceTallies(all, 20);
    expect(slices).toHaveLength(20);
    expect(slices.reduce((sum, { detections }) => sum + detections, 0)).toBe((103 * 102) / 2);
    for (const { gates } of slices) expect(Math.abs(gates - 515)).toBeLessThanOrEqual(100);
    expect(sliceTallies(all.slice(0, 3), 20)).toHaveLength(3);
  });
});
