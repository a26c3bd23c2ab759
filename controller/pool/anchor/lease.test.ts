import { expect, it } from "vitest";
import { LEAST_LEASE_BYTES, MOST_LEASE_BYTES, nextLease } from "./lease.ts";

const LEAST = LEAST_LEASE_BYTES;
const fresh = { bytes: LEAST, sinceMs: 0 };

it("is a second of use, between its least and its most, and at most doubles", () => {
  expect(nextLease(fresh, 10, 1000, LEAST)).toEqual({ bytes: LEAST, sinceMs: 1000 });
  expect(nextLease(fresh, 6000, 1000, LEAST).bytes).toBe(6000);
  expect(nextLease(fresh, 6000, 500, LEAST).bytes).toBe(2 * LEAST);
  const used = { bytes: 1_000_000, sinceMs: 4000 };
  expect(nextLease(used, 1_000_000, 6000, LEAST)).toEqual({ bytes: 500_000, sinceMs: 6000 });
  const most = { bytes: MOST_LEASE_BYTES, sinceMs: 0 };
  expect(nextLease(most, MOST_LEASE_BYTES, 1, LEAST).bytes).toBe(MOST_LEASE_BYTES);
});

it("is bounded by its doubling when the clock stands or goes back", () => {
  expect(nextLease({ bytes: LEAST, sinceMs: 9000 }, LEAST, 9000, LEAST).bytes).toBe(2 * LEAST);
  expect(nextLease({ bytes: LEAST, sinceMs: 9000 }, LEAST, 10, LEAST).bytes).toBe(2 * LEAST);
});

it("is nothing where each use is to be written", () => {
  expect(nextLease({ bytes: 0, sinceMs: 0 }, 10_000, 1, 0).bytes).toBe(0);
});
