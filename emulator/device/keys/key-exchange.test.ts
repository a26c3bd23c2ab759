import { describe, expect, it } from "vitest";
import type { FrameHalf } from "./frame-half.ts";
import { KeyExchange } from "./key-exchange.ts";

describe("the key exchange of a device", () => {
  it("gives the planes back of every frame that it does not send", () => {
    const finished: number[] = [];
    const frame = (frameId: number): FrameHalf => ({
      frameId,
      firstGate: 0n,
      gateCount: 1n,
      detections: 0,
      gateDigest: new Uint8Array(32),
      planes: new Uint8Array(),
      finished: () => void finished.push(frameId),
      sent: [0, 0, 0, 0, 0, 0],
      statistics: { zDetections: 0, doubleClicks: 0 } as FrameHalf["statistics"],
      ofThisSetting: true,
    });
    const sent: number[] = [];
    const owner = {
      takesFrames: true,
      event: (_name: string, event: unknown) => void sent.push((event as { frameId: number }).frameId),
    };
    const exchange = new KeyExchange("qtx", 1, owner, 10, 2);
    const taken = Array.from({ length: 13 }, (_, index) => exchange.offer(frame(9 + index)));
    expect(exchange.flush()).toBe(2);
    // The first was made before the exchange began, the last four found the queue full.
    expect(taken).toEqual([...Array(9).fill(true), ...Array(4).fill(false)]);
    exchange.end();
    expect([sent, finished]).toEqual([
      [10, 11],
      [9, 18, 19, 20, 21, 12, 13, 14, 15, 16, 17],
    ]);
  });
});
