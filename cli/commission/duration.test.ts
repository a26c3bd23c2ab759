import { expect, it } from "vitest";
import { durationS } from "./duration.ts";

it("a time is read with its unit, and anything else refused", () => {
  expect(["90s", "30min", "24h", "1.5 h", "2d"].map(durationS)).toEqual([90, 1800, 86_400, 5400, 172_800]);
  for (const text of ["", "30", "min", "-1s", "0s", "1e3s", "32d", "5 weeks"])
    expect(() => durationS(text)).toThrow("such as 90s");
});
