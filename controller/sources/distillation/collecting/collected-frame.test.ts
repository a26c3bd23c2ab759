import { expect, it } from "vitest";
import { PlanePool } from "../memory/plane-pool.ts";
import { CollectedFrame } from "./collected-frame.ts";

const facts = {
  role: "qrx",
  sessionNumber: 1,
  frameId: 1,
  firstGate: 0n,
  gateCount: 100_000n,
  detections: 700_001,
  gateDigest: new Uint8Array(32),
  planeBytes: 87_510,
} as const;

it("a frame leaves nothing in the place where it came, nor in the pool", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4 << 16), 0, 180_000).fill(0xee);
  const pool = new PlanePool(1 << 20);
  const frame = new CollectedFrame(facts, shared);
  expect([frame.kept, frame.plane(0).length, frame.plane(1).byteOffset]).toEqual([false, 87_501, 87_510]);
  frame.keep(pool, 5);
  frame.keep(pool, 6);
  expect([frame.kept, frame.keptAtMs, pool.heldBytes]).toEqual([true, 5, 2 * 87_510]);
  expect(shared.every((byte) => byte === 0)).toBe(true);
  const plane = frame.plane(1);
  expect(plane.every((byte) => byte === 0xee)).toBe(true);
  frame.drop();
  expect(plane.every((byte) => byte === 0)).toBe(true);
  expect([frame.kept, pool.heldBytes]).toEqual([false, 0]);
  frame.drop();
  expect(pool.heldBytes).toBe(0);
});

it("a frame that is not kept is wiped in its place", () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4 << 16), 0, 180_000).fill(0xee);
  new CollectedFrame(facts, shared).drop();
  expect(shared.every((byte) => byte === 0)).toBe(true);
});
