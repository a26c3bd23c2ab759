import { describe, expect, it } from "vitest";
import { DIGEST_BYTES, encodeSift } from "../messages/index.ts";
import { MAX_OPEN_SIFTS, SiftInbox } from "./sift-inbox.ts";

function sift(frameId: number, detections = 80): Uint8Array {
  const both = { firstGate: 5n, gateCount: 1000n, doubleClicks: 0, photocurrentNa: 1 };
  const gateDigest = new Uint8Array(DIGEST_BYTES).fill(frameId);
  const basis = new Uint8Array(Math.ceil(detections / 8)).fill(frameId);
  return new Uint8Array(Buffer.concat(encodeSift({ ...both, frameId, detections, gateDigest, basis })));
}

describe("sifting messages that wait", () => {
  it("outlive the step in which they came, in buffers that serve again", () => {
    const inbox = new SiftInbox();
    for (let frameId = 0; frameId < 40; frameId++) {
      const body = sift(frameId, 80 + 8 * (frameId % 5));
      inbox.add(body);
      inbox.keep();
      body.fill(0xff);
      if (frameId < 3) continue;
      const { message, body: kept } = inbox.first!;
      expect(kept).toEqual(sift(frameId - 3, 80 + 8 * ((frameId - 3) % 5)));
      expect([message.frameId, message.basis[9], message.gateDigest[31]]).toEqual(Array(3).fill(frameId - 3));
      inbox.shift();
    }
  });

  it("are answered without a copy within the step", () => {
    const inbox = new SiftInbox();
    const body = sift(1);
    inbox.add(body);
    expect(inbox.first?.body).toBe(body);
    inbox.shift();
    inbox.keep();
    expect(inbox.first).toBeUndefined();
  });

  it("come in rising order and are few; a new session begins anew", () => {
    const refused = expect.objectContaining({ code: "QKD_PEER_PROTOCOL" });
    const inbox = new SiftInbox();
    inbox.add(sift(4));
    expect(() => inbox.add(sift(4))).toThrow(refused);
    expect(() => inbox.add(sift(3))).toThrow(refused);
    for (let i = 1; i < MAX_OPEN_SIFTS; i++) inbox.add(sift(4 + i));
    inbox.keep();
    expect(() => inbox.add(sift(100))).toThrow(refused);
    inbox.clear();
    expect(inbox.first).toBeUndefined();
    inbox.add(sift(0));
    expect(inbox.first?.message.frameId).toBe(0);
  });
});
