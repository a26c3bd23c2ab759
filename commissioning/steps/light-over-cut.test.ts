import { describe, expect, it } from "vitest";
import { isLit } from "./light-over-cut.ts";

describe("a block of light", () => {
  const share = (gates: number, detections: number) => ({ gates, detections });

  it("was lit throughout, whatever its link sways", () => {
    expect(isLit({ aborted: null, load: [share(1e6, 1e4), share(1e6, 2e4)] })).toBe(true);
    expect(isLit({ aborted: null, load: [share(1e6, 4e3), share(4e8, 1e7)] })).toBe(false);
    expect(isLit({ aborted: "leakAboveMaximum", load: [share(1e6, 1e4)] })).toBe(false);
  });
});
