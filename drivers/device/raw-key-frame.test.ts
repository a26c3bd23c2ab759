import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SecretBytes } from "../../protocol/index.ts";
import { qrxFrame, qtxFrame } from "./raw-key-frame.ts";

const head = {
  sessionNumber: 1,
  frameId: 7,
  firstGate: 0n,
  gateCount: 100n,
  detections: 8,
  droppedFrames: 0,
  gateDigest: new Uint8Array(32),
};
const planes = () => new SecretBytes(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));

describe("a raw-key frame", () => {
  it.each([
    ["qtx", qtxFrame({ ...head, planes: planes(), sent: [1, 2, 3, 4, 5, 6] })],
    [
      "qrx",
      qrxFrame({
        ...head,
        planes: planes(),
        clicksDetector0: 4,
        clicksDetector1: 4,
        doubleClicks: 0,
        deadGates: 0,
        photocurrentNa: 1,
      }),
    ],
  ] as const)("of a %s gives its planes to who asks for them, and shows them nowhere", (role, frame) => {
    expect([...frame.planes]).toEqual([0xde, 0xad, 0xbe, 0xef]);
    expect(Object.keys(frame)).not.toContain("planes");
    expect(Object.keys({ ...frame })).not.toContain("planes");
    const shown = `[${role} raw-key frame 7, 8 secret detections]`;
    expect([String(frame), inspect(frame), JSON.parse(JSON.stringify(frame))]).toEqual([shown, shown, shown]);
  });
});
