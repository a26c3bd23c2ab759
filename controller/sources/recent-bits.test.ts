import { expect, it } from "vitest";
import { RecentBits } from "./recent-bits.ts";

it("is the mean of the last minute", () => {
  const bits = new RecentBits();
  bits.add(600, 0);
  bits.add(1200, 30_000);
  expect([bits.perSecond(30_000), bits.perSecond(59_999), bits.perSecond(60_000)]).toEqual([30, 30, 20]);
  expect(bits.perSecond(90_000)).toBe(0);
});
