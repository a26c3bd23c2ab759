import { describe, expect, it } from "vitest";
import type { FrameFacts } from "../frame-facts.ts";
import { FrameIntake } from "./frame-intake.ts";

function facts(sessionNumber: number, frameId: number, change: Partial<FrameFacts> = {}): FrameFacts {
  return {
    role: "qrx",
    sessionNumber,
    frameId,
    firstGate: 0n,
    gateCount: 100n,
    detections: 16,
    gateDigest: new Uint8Array(32),
    planeBytes: 2,
    ...change,
  };
}

const planes = (bytes = 8) => new Uint8Array(bytes);

/** Offers frames by key exchange and number; what was taken. */
function offered(...numbers: readonly (readonly [number, number])[]): boolean[] {
  const intake = new FrameIntake("qrx");
  return numbers.map(([session, frame]) => intake.offer(facts(session, frame), planes()));
}

describe("the intake of raw-key frames", () => {
  it("hands frames out in the order in which they came", () => {
    const intake = new FrameIntake("qrx");
    for (const frameId of [3, 4, 9]) intake.offer(facts(1, frameId), planes());
    expect(intake.first?.facts.frameId).toBe(3);
    expect(intake.some(({ facts: { frameId } }) => frameId === 9)).toBe(true);
    expect(intake.some(({ facts: { frameId } }) => frameId === 5)).toBe(false);
    expect([1, 2, 3, 4].map(() => intake.shift()?.facts.frameId)).toEqual([3, 4, 9, undefined]);
  });

  it("refuses what is repeated or late within a key exchange", () => {
    expect(offered([1, 5], [1, 5], [1, 6], [1, 4], [1, 7])).toEqual([true, false, true, false, true]);
  });

  it("takes a device that counts anew in another key exchange, whose number may be lower", () => {
    expect(offered([4, 500], [5, 0], [5, 0], [5, 1], [1, 0])).toEqual([true, true, false, true, true]);
  });

  it("takes a device that lost its power and counts key exchanges and frames anew, with the third frame", () => {
    expect(offered([1, 500], [1, 0], [1, 1], [1, 2], [1, 3])).toEqual([true, false, false, true, true]);
  });

  it("does not take repetitions for that", () => {
    expect(offered([1, 500], [1, 7], [1, 7], [1, 7], [1, 7])).toEqual([true, false, false, false, false]);
    expect(offered([1, 500], [1, 7], [1, 8], [1, 501], [1, 9], [1, 502])).toEqual([
      true,
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  it("holds 256 frames at most, and takes those that follow once there is room", () => {
    const intake = new FrameIntake("qrx");
    for (let frameId = 0; frameId < 256; frameId++)
      expect(intake.offer(facts(1, frameId), planes())).toBe(true);
    expect(intake.offer(facts(1, 256), planes())).toBe(false);
    intake.shift();
    expect(intake.offer(facts(1, 257), planes())).toBe(true);
  });

  const sent = [1, 2, 3, 4, 5, 6];
  it.each<[string, "qtx" | "qrx", Partial<FrameFacts>, number]>([
    ["needs a qrx", "qrx", { role: "qtx", sent }, 8],
    ["needs a qtx", "qtx", { role: "qrx" }, 8],
    ["number is impossible", "qrx", { frameId: -1 }, 8],
    ["number is impossible", "qrx", { frameId: 1.5 }, 8],
    ["number of detections", "qrx", { detections: 2 ** 23 + 1, gateCount: 2n ** 40n }, 8],
    ["number of detections", "qrx", { detections: -1 }, 8],
    ["number of detections", "qrx", { detections: Number.NaN }, 8],
    ["more detections than gates", "qrx", { gateCount: 15n }, 8],
    ["digest has the wrong length", "qrx", { gateDigest: new Uint8Array(31) }, 8],
    ["planes are too short", "qrx", { planeBytes: 1 }, 8],
    ["planes are too short", "qrx", {}, 3],
    ["planes are too short", "qtx", { role: "qtx", sent }, 7],
    ["sent pulses are missing", "qtx", { role: "qtx", sent: [] }, 8],
    ["sent pulses are missing", "qtx", { role: "qtx", sent: [1, 2, 3] }, 8],
    ["sent pulses are missing", "qtx", { role: "qtx", sent: [1, 2, 3, 4, 5, -6] }, 8],
    ["sent pulses are missing", "qtx", { role: "qtx", sent: [1, 2, 3, 4, 5, 0.5] }, 8],
  ])("refuses what no transceiver can have made: %s", (why, role, change, bytes) => {
    const intake = new FrameIntake(role);
    const good = facts(1, 1, role === "qtx" ? { role, sent } : {});
    expect(() => intake.offer({ ...good, frameId: 2, ...change }, planes(bytes))).toThrow(
      expect.objectContaining({ code: "QKD_DISTILLATION_FRAME", message: expect.stringContaining(why) }),
    );
    expect(intake.offer(good, planes())).toBe(true);
  });
});
