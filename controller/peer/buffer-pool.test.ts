import { describe, expect, it } from "vitest";
import { BufferPool } from "./buffer-pool.ts";

describe("buffers for sending", () => {
  it("gives memory that is large enough and takes the smallest that fits again", () => {
    const buffers = new BufferPool();
    const large = buffers.take(100_000);
    const small = buffers.take(10);
    expect(large.length).toBeGreaterThanOrEqual(100_000);
    buffers.give(large);
    buffers.give(small);
    expect(buffers.take(20)).toBe(small);
    expect(buffers.take(20)).toBe(large);
    expect(buffers.take(20)).not.toBe(small);
  });

  it("never lends one buffer twice", () => {
    const buffers = new BufferPool();
    const first = buffers.take(5000);
    expect(buffers.take(5000)).not.toBe(first);
  });

  it("keeps neither huge buffers nor many", () => {
    const buffers = new BufferPool();
    const huge = buffers.take(5 << 20);
    buffers.give(huge);
    expect(buffers.take(5 << 20)).not.toBe(huge);
    const taken = Array.from({ length: 40 }, () => buffers.take(1));
    for (const buffer of taken) buffers.give(buffer);
    const again = Array.from({ length: 40 }, () => buffers.take(1));
    expect(again.filter((buffer) => taken.includes(buffer))).toHaveLength(16);
  });
});
