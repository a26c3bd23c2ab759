import { describe, expect, it } from "vitest";
import type { EngineFrame } from "../engine.ts";
import { framePlane, wipePlanes } from "./frame-planes.ts";

/** Three planes of `planeBytes` ones in shared memory, with more ones behind them. */
function frameOf(planeBytes: number): { frame: EngineFrame; memory: Uint8Array } {
  const memory = new Uint8Array(new SharedArrayBuffer(3 * planeBytes + 5)).fill(0xff);
  const frame: EngineFrame = {
    ...{ role: "qrx", frameId: 1, firstGate: 0n, gateCount: 10n ** 6n, detections: 8 * planeBytes - 3 },
    ...{ gateDigest: new Uint8Array(32), planes: memory.subarray(0, 3 * planeBytes), planeBytes },
  };
  return { frame, memory };
}

describe("planes of a frame", () => {
  it.each([1, 7, 21_845, 21_846, 70_000])(
    "are wiped to their last byte of %i, and no further",
    (planeBytes) => {
      const { frame, memory } = frameOf(planeBytes);
      wipePlanes(frame, 1);
      expect(memory.subarray(0, planeBytes).every((byte) => byte === 0xff)).toBe(true);
      expect(memory.subarray(planeBytes, 3 * planeBytes).every((byte) => byte === 0)).toBe(true);
      wipePlanes(frame);
      expect(memory.subarray(0, 3 * planeBytes).every((byte) => byte === 0)).toBe(true);
      expect(memory.subarray(3 * planeBytes).every((byte) => byte === 0xff)).toBe(true);
    },
  );

  it("end with the last detection", () => {
    const { frame } = frameOf(10);
    expect(framePlane({ ...frame, detections: 17 }, 2).byteLength).toBe(3);
    expect(framePlane(frame, 2).byteOffset).toBe(20);
  });
});
