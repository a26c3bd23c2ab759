import { describe, expect, it } from "vitest";
import { PlanePool } from "./plane-pool.ts";

const MIB = 1 << 20;

describe("the memory for planes", () => {
  it("counts exactly what is out", () => {
    const pool = new PlanePool(MIB);
    const planes = [1, 4095, 4096, 70_000].map((bytes) => pool.take(bytes));
    expect(planes.map(({ length }) => length)).toEqual([1, 4095, 4096, 70_000]);
    expect(pool.heldBytes).toBe(1 + 4095 + 4096 + 70_000);
    for (const plane of planes) pool.give(plane);
    expect(pool.heldBytes).toBe(0);
  });

  it("wipes what comes back, also behind its end, before it serves again", () => {
    const pool = new PlanePool(MIB);
    const first = pool.take(10_000).fill(0xaa);
    pool.give(first);
    expect(first.every((byte) => byte === 0)).toBe(true);
    const second = pool.take(9000);
    expect(second.buffer).toBe(first.buffer);
    expect(second.every((byte) => byte === 0)).toBe(true);
    second.fill(0xbb);
    pool.give(second);
    expect(pool.take(11_000).every((byte) => byte === 0)).toBe(true);
  });

  it("never hands out one buffer twice", () => {
    const pool = new PlanePool(MIB);
    for (const plane of [1, 2, 3].map(() => pool.take(5000))) pool.give(plane);
    const out = [1, 2, 3, 4].map(() => pool.take(5000));
    expect(new Set(out.map(({ buffer }) => buffer)).size).toBe(4);
  });

  it("does not spend a large buffer on a small frame", () => {
    const pool = new PlanePool(MIB);
    const large = pool.take(500_000);
    pool.give(large);
    expect(pool.take(100).buffer).not.toBe(large.buffer);
    expect(pool.take(450_000).buffer).toBe(large.buffer);
  });

  it("keeps no more than it may", () => {
    const pool = new PlanePool(100_000);
    const [first, second] = [pool.take(60_000), pool.take(60_000)];
    pool.give(first);
    pool.give(second);
    expect(second.every((byte) => byte === 0)).toBe(true);
    expect(pool.take(60_000).buffer).toBe(first.buffer);
    expect(pool.take(60_000).buffer).not.toBe(second.buffer);
    const none = new PlanePool(0);
    const planes = none.take(10);
    none.give(planes);
    expect(none.take(10).buffer).not.toBe(planes.buffer);
  });
});
