import { describe, expect, it } from "vitest";
import { planCascade } from "./cascade-plan.ts";

const plan = (qber: number, keyBits = 1 << 20) =>
  planCascade({
    role: "alice",
    qber,
    seed: new Uint8Array(32),
    key: new Uint8Array(Math.ceil(keyBits / 8)),
    keyBits,
  });

describe("the blocks of Cascade", () => {
  it.each([0.001, 0.005, 0.01, 0.0203, 0.0204, 0.023, 0.028, 0.029, 0.04, 0.08, 0.11, 0.25])(
    "suit an error rate of %d",
    (qber) => {
      const { firstBlock, secondBlock } = plan(qber);
      for (const bits of [firstBlock, secondBlock]) expect(Math.log2(bits) % 1).toBe(0);
      expect([2, 4]).toContain(secondBlock / firstBlock);
      const product = firstBlock * secondBlock * qber ** 2;
      expect(product).toBeGreaterThanOrEqual(1.7);
      expect(product).toBeLessThan(3.4);
    },
  );

  it("are never longer than a frame", () => {
    const { frameBits, firstBlock, secondBlock } = plan(0.0005, 1000);
    expect(frameBits).toBe(1024);
    expect([firstBlock, secondBlock]).toEqual([1024, 1024]);
  });

  it("stay finite without errors and with nothing but errors", () => {
    expect(plan(0).secondBlock).toBe(plan(0.0005).secondBlock);
    expect(plan(0.5).firstBlock).toBe(plan(0.25).firstBlock);
  });
});
