import { expect, it } from "vitest";
import { spanOfTime } from "./span-of-time.ts";

it("reads a span of time with its unit, seconds without one", () => {
  expect(["90", "90s", "1.5 min", "8h", "24d", "250ms"].map(spanOfTime)).toEqual([
    90, 90, 90, 28_800, 2_073_600, 0.25,
  ]);
});

it("takes none that is no span, is nothing, or is longer than a timer counts", () => {
  for (const text of ["", "0", "-1s", "1week", "1e3", "s", "25d", "Infinity", "1s2"])
    expect(() => spanOfTime(text), text).toThrow(/24 days/);
});
