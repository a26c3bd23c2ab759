import { describe, expect, it } from "vitest";
import { linkPreset } from "../../../physics/index.ts";
import { GAP_BINS } from "../../device/measured-gates.ts";
import { createOptics } from "../../optics/create-optics.ts";
import type { OpticsFrame } from "../../optics/optics.ts";
import { gateCounter } from "./gate-counter.ts";
import { GateTally } from "./gate-tally.ts";

const { link } = linkPreset("yuan2018");
const optics = () => createOptics({ link: { ...link, channelLossDb: 5 }, seed: 3n });
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** A frame of detections at the given gates, all in one cell; `bits` are Bob's. */
function frameAt(firstGate: bigint, gates: readonly number[], bits: number): OpticsFrame {
  const plane = (byte: number) => Uint8Array.of(byte);
  const gaps = gates.flatMap((gate, index) => {
    const gap = gate - (gates[index - 1] ?? 0);
    return gap < 128 ? [gap] : [(gap & 127) | 128, gap >> 7];
  });
  return {
    frameId: 0,
    firstGate,
    gateCount: 2000n,
    detections: gates.length,
    counts: {} as OpticsFrame["counts"],
    gateDigest: new Uint8Array(32),
    gaps: Uint8Array.from(gaps),
    qtx: {
      basis: plane(0xff),
      bit: plane(0xff),
      intensityLow: plane(0),
      intensityHigh: plane(0xff),
      sent: [1, 2, 3, 4, 5, 6],
    },
    qrx: {
      basis: plane(0),
      bit: plane(bits),
      gateDigest: new Uint8Array(32),
      clicksPerDetector: [2, 2],
      doubleClicks: 1,
      deadGates: 7,
      photocurrentNa: 0,
      photocurrentsNa: [0, 0],
      biasSagV: 0,
      arrivalSumsPs: [0, 0],
      gaps: { gaps: 0, excess: 0 },
    },
  };
}

describe("the tally of measured gates", () => {
  it("puts each detection into the cell of what both ends had set", () => {
    const { cells, sent, blindGates, doubles, clicks } = new GateTally().count(frameAt(0n, [1, 3, 5], 0b010));
    // Alice X (1), w (2), bit 1; Bob Z (0), bits 0, 1, 0: index ((5 * 2 + 1) * 2 + 0) * 2 + bit.
    expect(cells.flatMap((count, index) => (count === 0 ? [] : [[index, count]]))).toEqual([
      [44, 2],
      [45, 1],
    ]);
    expect([sent, blindGates, doubles, clicks]).toEqual([[1, 2, 3, 4, 5, 6], 7, 1, [2, 2]]);
  });

  it("counts gaps detector by detector, over the end of a frame, and not over gates that it did not see", () => {
    const tally = new GateTally();
    // Detector 0 clicks at 0 and 400, detector 1 at 10 and 13.
    const [zero, one] = tally.count(frameAt(0n, [0, 10, 13, 400], 0b0110)).gaps;
    expect([zero.bins[399], sum(zero.bins), one.bins[2], sum(one.bins)]).toEqual([1, 1, 1, 1]);
    // The next frame begins with gate 2000: detector 0 clicks at 2005, 1605 gates after; detector 1 at 2001, 1988 after.
    const next = tally.count(frameAt(2000n, [1, 5], 0b01)).gaps;
    expect(next.map(({ bins, beyond }) => [sum(bins), beyond])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    const later = tally.count(frameAt(9000n, [1, 5], 0b01)).gaps;
    expect(later.map(({ bins, beyond }) => [sum(bins), beyond])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("accounts for every detection of sampled light, whatever the pieces", async () => {
    const light = await optics();
    let detections = 0;
    const { measured, statistics } = gateCounter()(5e7, (limits) => {
      const frame = light.nextFrame({ ...limits, maxDetections: 5000 });
      detections += frame.detections;
      return frame;
    });
    expect(statistics.length).toBeGreaterThan(10);
    expect(detections).toBeGreaterThan(100_000);
    expect([measured.gates, sum(measured.sent), sum(measured.cells)]).toEqual([5e7, 5e7, detections]);
    expect(sum(measured.clicks) - measured.doubles).toBe(detections);
    // All but the first click of each detector end a gap.
    const gaps = measured.gaps.map(({ bins, beyond }) => sum(bins) + beyond);
    expect((gaps[0] ?? 0) + (gaps[1] ?? 0)).toBe(detections - 2);
    expect(measured.gaps.every(({ bins }) => bins.length === GAP_BINS)).toBe(true);
    expect(measured.gaps.flatMap(({ bins }) => bins.slice(0, link.deadGates))).not.toContain(1);
  });
});
