import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { KeyPool } from "../pool/key-pool.ts";
import { LinkTraffic } from "./link-traffic.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("counts half of what a link brings, keys that are served and pads that are taken, for a minute", () => {
  const told: number[] = [];
  const traffic = new LinkTraffic({
    pool: {} as KeyPool,
    fallback: () => ({ engaged: false, reason: null }),
    served: (bits) => told.push(bits),
  });
  const added = (origin: "qkd" | "pqc") =>
    traffic.happened({ type: "keysAdded", atMs: 0, origin, bits: 12_000, blockId: "" });
  added("qkd");
  added("pqc");
  traffic.keys.served?.(600, "qkd");
  traffic.taken(1200);
  expect(told).toEqual([600]);
  expect(traffic.rates()).toEqual({ leastRateBps: 100, demandBps: 30 });
  vi.advanceTimersByTime(60_000);
  expect(traffic.rates()).toEqual({ leastRateBps: 0, demandBps: 0 });
});
