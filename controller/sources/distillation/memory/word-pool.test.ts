import { describe, expect, it } from "vitest";
import { WordPool } from "./word-pool.ts";

describe("a pool of words", () => {
  it("wipes what comes back, and gives it out again for about its size", () => {
    const pool = new WordPool();
    const words = pool.take(100).fill(7);
    pool.give(words);
    expect(pool.take(49).buffer).not.toBe(words.buffer);
    const again = pool.take(60);
    expect(again.buffer).toBe(words.buffer);
    expect(again.every((word) => word === 0)).toBe(true);
  });

  it("keeps no more than ever was out at once", () => {
    const pool = new WordPool();
    for (let words = 100; words < 1e6; words *= 3) pool.give(pool.take(words));
    // One string at a time: the largest of them is as much as is worth keeping.
    expect(pool.spareBytes).toBeLessThanOrEqual(4 * 1e6);
    const out = [1, 2, 3].map(() => pool.take(500_000));
    for (const buffer of out) pool.give(buffer);
    expect(pool.spareBytes).toBeGreaterThan(4 * 1e6);
  });

  it("does not count on what was handed on", () => {
    const pool = new WordPool();
    for (let index = 0; index < 10; index++) pool.lose(pool.take(1000));
    const out = [1, 2, 3].map(() => pool.take(1000));
    for (const buffer of out) pool.give(buffer);
    expect(pool.spareBytes).toBe(3 * 4000);
    for (let index = 0; index < 10; index++) pool.give(pool.take(100));
    expect(pool.spareBytes).toBe(3 * 4000);
  });

  it("keeps 32 MiB at most", () => {
    const pool = new WordPool();
    const out = Array.from({ length: 12 }, () => pool.take(1 << 20));
    for (const buffer of out) pool.give(buffer);
    expect(pool.spareBytes).toBe(32 << 20);
  });
});
