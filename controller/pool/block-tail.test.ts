import { describe, expect, it } from "vitest";
import { SecretBytes } from "../../protocol/index.ts";
import { boundaryOf, lackBytes } from "./block-halves.ts";
import { cutTail, MIN_BLOCK_BYTES } from "./block-tail.ts";
import type { NewBlock } from "./key-pool.ts";

const block = (bytes: number, authBytes?: number): NewBlock => ({
  blockId: "ab".repeat(16),
  sequence: 1,
  origin: "qkd",
  key: new SecretBytes(Uint8Array.from({ length: bytes }, (_, index) => index & 255)),
  ...(authBytes === undefined ? {} : { authBytes }),
  epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
  createdAtMs: 1,
});

describe("a block's tail", () => {
  it("is its last 64 bytes, and no part of its key", () => {
    const { block: rest, tail } = cutTail(block(160));
    expect([...tail.reveal()]).toEqual(Array.from({ length: 64 }, (_, index) => 96 + index));
    expect([...rest.key.reveal()]).toEqual(Array.from({ length: 96 }, (_, index) => index));
  });

  it("outlives the source's wiping, so that it can be wiped by itself", () => {
    const whole = block(160);
    const { tail } = cutTail(whole);
    whole.key.wipe();
    expect(tail.reveal()[63]).toBe(159);
  });

  it("leaves 32 bytes of key at least, beside the authentication share", () => {
    expect(cutTail(block(MIN_BLOCK_BYTES)).block.key.length).toBe(32);
    for (const wrong of [block(MIN_BLOCK_BYTES - 1), block(128, 34)])
      expect(() => cutTail(wrong)).toThrow(expect.objectContaining({ code: "QKD_KEYSTORE_REQUEST" }));
    expect(cutTail(block(128, 32)).block.key.length).toBe(64);
  });
});

describe("the split of a block", () => {
  it("is in proportion to what the halves lack, in whole grains, rounded down", () => {
    expect(boundaryOf(1024, 1, 1)).toBe(512);
    expect(boundaryOf(1056, 1, 1)).toBe(512);
    expect(boundaryOf(3200, 1, 2)).toBe(1056);
  });

  it("gives who lacks anything a sixteenth, and who lacks nothing nothing", () => {
    expect(boundaryOf(16_000, 1, 1e9)).toBe(992);
    expect(boundaryOf(16_000, 1e9, 1)).toBe(14_976);
    expect([boundaryOf(16_000, 1, 0), boundaryOf(16_000, 0, 1)]).toEqual([16_000, 0]);
    expect(boundaryOf(16_000, 0, 0)).toBeNull();
  });

  it("fills each half to half of the capacity", () => {
    expect([lackBytes(1000, 0), lackBytes(1001, 200), lackBytes(1000, 900)]).toEqual([500, 300, 0]);
  });
});
