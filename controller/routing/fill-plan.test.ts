import { describe, expect, it } from "vitest";
import { blockOnDemandBytes, fillPlan } from "./fill-plan.ts";

const level = { stockBits: 0, pendingBits: 0, demandBps: 0 };

describe("how a pair is kept filled", () => {
  it("is to 16 kbit, or a minute of its demand, by blocks of a quarter", () => {
    expect(fillPlan(level)).toEqual({ targetBits: 16_000, blockBytes: 512, blocks: 4 });
    expect(fillPlan({ ...level, demandBps: 12_000 })).toEqual({
      targetBits: 720_000,
      blockBytes: 22_500,
      blocks: 4,
    });
  });

  it("is by blocks of 64 KiB at most", () => {
    expect(fillPlan({ ...level, demandBps: 1e6 })).toMatchObject({ blockBytes: 65_536, blocks: 4 });
  });

  it("counts what is there and what is on its way", () => {
    expect(fillPlan({ ...level, stockBits: 16_000 }).blocks).toBe(0);
    expect(fillPlan({ ...level, stockBits: 15_999 }).blocks).toBe(1);
    expect(fillPlan({ ...level, stockBits: 8000, pendingBits: 8000 }).blocks).toBe(0);
    expect(fillPlan({ ...level, stockBits: 8000, pendingBits: 3000 }).blocks).toBe(2);
  });

  it("gives both ends what one of them waits for", () => {
    expect(blockOnDemandBytes(256, 64)).toBe(512);
    expect(blockOnDemandBytes(8192, 64)).toBe(2112);
    expect(blockOnDemandBytes(10_000_000, 64)).toBe(65_536);
  });
});
