import { describe, expect, it } from "vitest";
import { CodecError, PeerError } from "../../../errors/index.ts";
import type { PeerMessage, PeerValueOf } from "../declaration.ts";
import { distillationAmplify } from "./closing.ts";
import { distillationParities, MAX_PARITY_BYTES } from "./reconcile.ts";
import { distillationSiftReply } from "./sift.ts";

/** What becomes of a value that contradicts itself: at the sender, and at a receiver whose sender did not look. */
function refusals<T>(message: PeerMessage<T>, value: T, bytes: Uint8Array): string[] {
  const told = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof CodecError || error instanceof PeerError) return error.message;
      throw error;
    }
    return "";
  };
  return [told(() => message.encode(value)), told(() => message.decode(bytes))];
}

const counts = [1, 1, 1, 1, 1, 1];
const reply: PeerValueOf<typeof distillationSiftReply> = {
  sequence: 1,
  heard: 0,
  frame: 0,
  sent: counts,
  detections: 8,
  basis: new Uint8Array(1),
  zBits: 4,
  zDecoys: 2,
  zDecoy: new Uint8Array(1),
  zVacuum: new Uint8Array(1),
  xBits: 4,
  xDecoys: 2,
  xDecoy: new Uint8Array(1),
  xVacuum: new Uint8Array(1),
  xBit: new Uint8Array(1),
};

describe("messages whose fields contradict each other", () => {
  it.each([
    ["xBits", { xBits: 5 }, 12 + 4 + 48 + 4 + 1 + 4 + 4 + 1 + 1 + 3, "into detections"],
    ["zDecoys", { zDecoys: 5 }, 12 + 4 + 48 + 4 + 1 + 4 + 3, "at most zBits"],
    ["xDecoys", { xDecoys: 5 }, 12 + 4 + 48 + 4 + 1 + 4 + 4 + 1 + 1 + 4 + 3, "at most xBits"],
  ])("a sifting answer with too many %s", (_, change, place, why) => {
    const bytes = Uint8Array.from(Buffer.concat(distillationSiftReply.encode(reply)));
    expect(distillationSiftReply.decode(bytes)).toEqual(reply);
    bytes[place] = 5;
    for (const told of refusals(distillationSiftReply, { ...reply, ...change }, bytes))
      expect(told).toContain(why);
  });

  it("a length of key beside a reason for none, or neither", () => {
    const key = {
      sequence: 1,
      heard: 0,
      reason: "none",
      secretBits: 9,
      leakBits: 1,
      createdAtMs: 0,
      authBytes: 0,
    } as const;
    const bytes = Uint8Array.from(Buffer.concat(distillationAmplify.encode(key)));
    const withReason = Uint8Array.from(bytes);
    withReason[12] = 2;
    const withoutKey = Uint8Array.from(bytes);
    withoutKey[20] = 0;
    for (const told of [
      ...refusals(distillationAmplify, { ...key, reason: "noSecretKey" }, withReason),
      ...refusals(distillationAmplify, { ...key, secretBits: 0 }, withoutKey),
    ])
      expect(told).toContain("exactly when there is a reason");
  });

  it("more parities than a message may hold are not sent", () => {
    const parities = new Uint8Array(MAX_PARITY_BYTES);
    const entries = Array.from({ length: 4 }, (_, cohort) => ({ cohort, round: 0, parities }));
    expect(() => distillationParities.encode({ sequence: 1, heard: 0, entries })).toThrow(
      "message distillation.parities must have at most 16777216 bytes",
    );
    expect(distillationParities.encode({ sequence: 1, heard: 0, entries: entries.slice(1) })).toHaveLength(6);
  });
});
