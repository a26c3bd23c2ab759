import { describe, expect, it } from "vitest";
import { KeyQuota } from "./key-quota.ts";

describe("the quota of an SAE", () => {
  it("holds a minute's worth, serves while anything is left, and says when it serves again", () => {
    const quota = new KeyQuota(10, 0);
    quota.spend(599);
    expect(quota.waitS(0)).toBe(0);
    quota.spend(601);
    expect([quota.waitS(0), quota.waitS(59_000)]).toEqual([60, 1]);
    expect(quota.waitS(60_001)).toBe(0);
  });

  it("gathers no more than a minute's worth", () => {
    const quota = new KeyQuota(10, 0);
    expect(quota.waitS(3_600_000)).toBe(0);
    quota.spend(601);
    expect(quota.waitS(3_600_000)).toBe(1);
  });

  it("loses nothing to a clock that was set back", () => {
    const quota = new KeyQuota(10, 100_000);
    quota.spend(599);
    expect(quota.waitS(0)).toBe(0);
  });
});
