import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countDetections } from "../../optics/frame/count-detections.ts";
import { cellsOf } from "../../optics/frame/plane-counts.ts";
import type { OpticsFrame } from "../../optics/optics.ts";
import { frameStatistics } from "./pair-frame.ts";

/** One detection as both sides know it. */
interface Detection {
  readonly a: number;
  readonly b: number;
  readonly bitA: number;
  readonly bitB: number;
  readonly intensity: number;
}

function plane(bits: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    bytes[i >> 3]! |= bit << (i & 7);
  });
  return bytes;
}

function frameOf(detections: readonly Detection[]): OpticsFrame {
  return {
    frameId: 3,
    firstGate: 100n,
    gateCount: 5000n,
    detections: detections.length,
    counts: countDetections(
      Uint8Array.from(
        detections,
        ({ a, bitA, intensity, b, bitB }) => a | (bitA << 1) | (intensity << 2) | (b << 4) | (bitB << 5),
      ),
    ),
    gateDigest: new Uint8Array(32).fill(7),
    gaps: new Uint8Array(),
    qtx: {
      basis: plane(detections.map(({ a }) => a)),
      bit: plane(detections.map(({ bitA }) => bitA)),
      intensityLow: plane(detections.map(({ intensity }) => intensity & 1)),
      intensityHigh: plane(detections.map(({ intensity }) => intensity >> 1)),
      sent: [4000, 300, 200, 400, 60, 40],
    },
    qrx: {
      basis: plane(detections.map(({ b }) => b)),
      bit: plane(detections.map(({ bitB }) => bitB)),
      gateDigest: new Uint8Array(32).fill(7),
      clicksPerDetector: [1, 2],
      doubleClicks: 1,
      deadGates: 9,
      photocurrentNa: 3,
      photocurrentsNa: [2, 1],
      biasSagV: 0,
      arrivalSumsPs: [10, -20],
      gaps: { gaps: 0, excess: 0 },
    },
  };
}

const bit = fc.integer({ min: 0, max: 1 });
const detection = fc.record({
  a: bit,
  b: bit,
  bitA: bit,
  bitB: bit,
  intensity: fc.integer({ min: 0, max: 2 }),
});

describe("a pair's frame", () => {
  it("is counted as counting one detection after the other does", () => {
    fc.assert(
      fc.property(fc.array(detection, { maxLength: 100 }), (detections) => {
        const count = (test: (d: Detection) => boolean) => detections.filter(test).length;
        const wrong = (d: Detection) => d.bitA !== d.bitB;
        const matched = (d: Detection) => d.a === d.b;
        const agree = (test: (d: Detection) => boolean) =>
          count((d) => test(d) && !wrong(d)) - count((d) => test(d) && wrong(d));
        expect(frameStatistics(frameOf(detections))).toMatchObject({
          gates: 5000,
          zDetections: count((d) => d.b === 0),
          matched: [count((d) => matched(d) && d.a === 0), count((d) => matched(d) && d.a === 1)],
          errors: [
            count((d) => matched(d) && d.a === 0 && wrong(d)),
            count((d) => matched(d) && d.a === 1 && wrong(d)),
          ],
          fringe: {
            signal: count((d) => matched(d) && d.intensity === 0),
            signalErrors: count((d) => matched(d) && d.intensity === 0 && wrong(d)),
            vacuum: count((d) => matched(d) && d.intensity === 2),
            signalSent: 4400,
            vacuumSent: 240,
          },
          perIntensity: [0, 1, 2].map((code) => count((d) => d.intensity === code)),
          sentPerIntensity: [4400, 360, 240],
          mismatched: count((d) => !matched(d)),
          mismatchedSigned: agree((d) => d.a === 0 && d.b === 1) - agree((d) => d.a === 1 && d.b === 0),
        });
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it("is counted cell by cell", () => {
    fc.assert(
      fc.property(fc.array(detection, { maxLength: 100 }), (detections) => {
        const cells = new Array<number>(48).fill(0);
        for (const { a, intensity, bitA, b, bitB } of detections)
          cells[24 * a + 8 * intensity + 4 * bitA + 2 * b + bitB]! += 1;
        expect(cellsOf(frameOf(detections))).toEqual(cells);
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
