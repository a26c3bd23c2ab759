import { describe, expect, it } from "vitest";
import type { QrxRawKeyFrame, QtxRawKeyFrame } from "../../drivers/index.ts";
import { FramePairs } from "./frame-pairs.ts";

const head = (frameId: number) => ({
  sessionNumber: 1,
  frameId,
  firstGate: 0n,
  gateCount: 1000n,
  detections: 16,
  gateDigest: new Uint8Array(32).fill(7),
  planeBytes: 2,
});
const alice = (frameId: number, more: Partial<QtxRawKeyFrame> = {}): QtxRawKeyFrame => ({
  ...head(frameId),
  role: "qtx",
  // Basis Z, bit 1, signals.
  planes: Uint8Array.of(0, 0, 0xff, 0xff, 0, 0, 0, 0),
  sent: [900, 50, 20, 20, 5, 5],
  ...more,
});
const bob = (frameId: number, more: Partial<QrxRawKeyFrame> = {}): QrxRawKeyFrame => ({
  ...head(frameId),
  role: "qrx",
  planes: Uint8Array.of(0, 0, 0xff, 0xff),
  clicksPerDetector: [1, 16],
  doubleClicks: 1,
  deadGates: 3,
  photocurrentNa: 40,
  ...more,
});

describe("pairs of frames", () => {
  it("are counted once both halves are there, whichever comes first, and their bits are wiped", () => {
    const pairs = new FramePairs();
    const [a, b] = [alice(5), bob(5)];
    expect(pairs.take(b)).toBeUndefined();
    const tally = pairs.take(a);
    expect(tally).toMatchObject({ gates: 1000, detections: 16, doubleClicks: 1, photocurrentNa: 40 });
    expect(tally?.cells.indexOf(16)).toBe(5);
    expect([...a.planes, ...b.planes].every((byte) => byte === 0)).toBe(true);
    expect(pairs.counts).toEqual({ paired: 1, unlike: 0, alone: 0 });
  });

  it.each([
    ["gates", { gateCount: 1001n }],
    ["detections", { detections: 15 }],
    ["first gate", { firstGate: 1n }],
    ["digest", { gateDigest: new Uint8Array(32).fill(8) }],
    ["length of the digest", { gateDigest: new Uint8Array(0) }],
  ])("that speak of different gates are not counted, and wiped: %s", (_, more) => {
    const pairs = new FramePairs();
    const [a, b] = [alice(5), bob(5, more)];
    pairs.take(a);
    expect(pairs.take(b)).toBeUndefined();
    expect([...a.planes, ...b.planes].every((byte) => byte === 0)).toBe(true);
    expect(pairs.counts).toEqual({ paired: 0, unlike: 1, alone: 0 });
  });

  it("are wiped, too, when a half means nothing", () => {
    const pairs = new FramePairs();
    const wrong = alice(5, { planes: Uint8Array.of(0, 0, 0, 0, 0xff, 0, 0xff, 0) });
    const b = bob(5);
    pairs.take(b);
    expect(() => pairs.take(wrong)).toThrow(expect.objectContaining({ code: "QKD_CODEC_VALUE" }));
    expect([...wrong.planes, ...b.planes].every((byte) => byte === 0)).toBe(true);
  });

  it("hold few halves that stay alone, and wipe those given up, the oldest first", () => {
    const pairs = new FramePairs();
    const all = Array.from({ length: 80 }, (_, frameId) => alice(frameId));
    for (const frame of all) pairs.take(frame);
    const wiped = all.filter(({ planes }) => planes.every((byte) => byte === 0));
    expect(wiped.map(({ frameId }) => frameId)).toEqual(Array.from({ length: 16 }, (_, frameId) => frameId));
    pairs.drop();
    expect(all.every(({ planes }) => planes.every((byte) => byte === 0))).toBe(true);
    expect(pairs.counts.alone).toBe(80);
  });
});
