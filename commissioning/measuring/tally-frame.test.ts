import { describe, expect, it } from "vitest";
import { CELLS, cellOf } from "../../diagnosis/index.ts";
import type { QrxRawKeyFrame, QtxRawKeyFrame } from "../../drivers/index.ts";
import { backgroundShare, detectionsOf, errorRate, gainOf, mismatchedCorrelation } from "./gains.ts";
import { addCounts, NO_COUNTS } from "./pair-counts.ts";
import { tallyFrame } from "./tally-frame.ts";

/** Detections with settings that follow no simple pattern, and their frames with planes at odd places. */
function frames(detections: number) {
  const planeBytes = Math.ceil(detections / 8);
  const setting = (index: number) => ({
    aliceBasis: (index * 7) % 5 === 0 ? 1 : 0,
    intensity: (index * 11) % 7 < 5 ? 0 : (index * 11) % 7 === 5 ? 1 : 2,
    aliceBit: (index >> 1) & 1,
    bobBasis: (index * 3) % 4 === 0 ? 1 : 0,
    bobBit: (index * 5) % 3 === 0 ? 1 : 0,
  });
  const planes = (count: number) => new Uint8Array(new ArrayBuffer(count * planeBytes + 3), 3);
  const [alice, bob] = [planes(4), planes(2)];
  const set = (to: Uint8Array, plane: number, index: number, bit: number) => {
    to[plane * planeBytes + (index >> 3)]! |= bit << (index & 7);
  };
  const expected = new Array<number>(CELLS).fill(0);
  for (let index = 0; index < detections; index++) {
    const one = setting(index);
    set(alice, 0, index, one.aliceBasis);
    set(alice, 1, index, one.aliceBit);
    set(alice, 2, index, one.intensity & 1);
    set(alice, 3, index, one.intensity >> 1);
    set(bob, 0, index, one.bobBasis);
    set(bob, 1, index, one.bobBit);
    expected[cellOf(one.aliceBasis, one.intensity, one.aliceBit, one.bobBasis, one.bobBit)]! += 1;
  }
  const both = {
    sessionNumber: 1,
    frameId: 1,
    firstGate: 0n,
    gateCount: 1000n,
    detections,
    gateDigest: Uint8Array.of(1, 2),
    planeBytes,
  };
  const a = { ...both, role: "qtx", planes: alice, sent: [10, 2, 2, 1, 0, 0] } as QtxRawKeyFrame;
  const b = {
    ...both,
    role: "qrx",
    planes: bob,
    clicksPerDetector: [detections, 3],
    doubleClicks: 3,
    deadGates: 4,
    photocurrentNa: 80,
  } as QrxRawKeyFrame;
  return { a, b, expected };
}

describe("the tally of a frame", () => {
  it.each([0, 1, 31, 32, 33, 64, 1000])(
    "counts %d detections by both ends' settings, each once",
    (detections) => {
      const { a, b, expected } = frames(detections);
      const counts = tallyFrame(a, b);
      expect(counts.cells).toEqual(expected);
      expect(counts).toMatchObject({
        gates: 1000,
        deadGates: 4,
        doubleClicks: 3,
        frames: 1,
        differingFrames: 0,
      });
    },
  );

  it.each([
    ["digest", { gateDigest: Uint8Array.of(1, 3) }],
    ["detections", { detections: 5 }],
    ["first gate", { firstGate: 1n }],
    ["gates", { gateCount: 999n }],
  ])("gives no cells for halves that differ in their %s", (_, change) => {
    const { a, b } = frames(40);
    const counts = tallyFrame(a, { ...b, planes: b.planes, ...change } as QrxRawKeyFrame);
    expect(counts.differingFrames).toBe(1);
    expect(counts.cells.every((count) => count === 0)).toBe(true);
  });

  it("adds up, currents by their gates", () => {
    const { a, b } = frames(100);
    const one = tallyFrame(a, b);
    const two = addCounts(one, { ...one, gates: 3000, photocurrentNa: 160 });
    expect(two).toMatchObject({ gates: 4000, photocurrentNa: 140, frames: 2 });
    expect(addCounts(NO_COUNTS, one)).toEqual(one);
  });
});

describe("what counts tell", () => {
  const cells = new Array<number>(CELLS).fill(0);
  for (const bit of [0, 1]) {
    cells[cellOf(0, 0, bit, 0, bit)] = 950;
    cells[cellOf(0, 0, bit, 0, 1 - bit)] = 50;
    cells[cellOf(0, 2, bit, 0, bit)] = 5;
    cells[cellOf(0, 2, bit, 0, 1 - bit)] = 5;
    cells[cellOf(1, 0, bit, 0, bit)] = 60;
    cells[cellOf(1, 0, bit, 0, 1 - bit)] = 40;
  }
  const counts = { ...NO_COUNTS, gates: 1e6, sent: [8e4, 0, 1e4, 2e4, 0, 0], cells };

  it("are gains, error rates and correlations with their uncertainty", () => {
    expect(detectionsOf(counts, 0)).toBe(2200);
    expect(gainOf(counts, 0)).toMatchObject({
      value: 0.022,
      u: expect.closeTo(Math.sqrt(2200) / 1e5, 9),
      n: 2200,
    });
    expect(errorRate(counts, 0, [0])).toMatchObject({ value: 0.05, n: 2000 });
    expect(mismatchedCorrelation(counts, 1)).toMatchObject({ value: 0.2, n: 200 });
    expect(gainOf({ ...counts, deadGates: 5e5 }, 0).value).toBe(0.044);
  });

  it("of vacuum pulses count as background but for the light that they hold", () => {
    expect(backgroundShare(counts, [0.4, 0.1, 0])).toBeCloseTo(0.002 / 0.022, 9);
    expect(backgroundShare(counts, [0.4, 0.1, 0.02])).toBeCloseTo((0.002 - (0.02 * 0.02) / 0.38) / 0.022, 9);
  });
});
