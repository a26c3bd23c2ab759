import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CollectedFrame } from "./collected-frame.ts";
import { detectionsOf, frameList, frameListDigest } from "./frame-list.ts";

const frame = (firstGate: bigint, gateCount: bigint, detections: number, digest: number) =>
  new CollectedFrame(
    {
      role: "qrx",
      sessionNumber: 7,
      frameId: 99,
      firstGate,
      gateCount,
      detections,
      gateDigest: new Uint8Array(32).fill(digest),
      planeBytes: 0,
    },
    new Uint8Array(),
  );

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("the list of a block's frames", () => {
  it("is, byte for byte, first gate, gates, detections and digest of each frame in order", () => {
    const list = frameList([frame(1000n, 500n, 3, 0xab), frame(0x0102030405060708n, 1n, 0x00800000, 0x01)]);
    expect(hex(list)).toBe(
      [
        "00000000000003e8",
        "00000000000001f4",
        "00000003",
        "ab".repeat(32),
        "0102030405060708",
        "0000000000000001",
        "00800000",
        "01".repeat(32),
      ].join(""),
    );
    expect(hex(frameListDigest(list))).toBe(createHash("sha256").update(list).digest("hex"));
  });

  it("tells one frame from its neighbour, and says nothing of this site's numbers", () => {
    const [a, b] = [frame(0n, 10n, 1, 1), frame(10n, 10n, 1, 2)];
    const other = new CollectedFrame(
      { ...a.facts, role: "qtx", sessionNumber: 1, frameId: 5 },
      new Uint8Array(),
    );
    expect(hex(frameList([a, b]))).not.toBe(hex(frameList([b, a])));
    expect(hex(frameList([other]))).toBe(hex(frameList([a])));
    expect(frameList([])).toHaveLength(0);
    expect(detectionsOf([a, b, frame(20n, 10n, 40, 3)])).toBe(42);
  });
});
