import { expect, it } from "vitest";
import { Scratch } from "./scratch.ts";

it("scratch memory is zero at every beginning and end, whatever was in it and however the work ended", () => {
  const scratch = new Scratch();
  let left: Int32Array = new Int32Array();
  for (const bits of [100, 33, 5000, 1, 0, 64]) {
    const result = scratch.within(bits, (words, bytes) => {
      expect(words).toHaveLength((bits + 31) >> 5);
      expect(bytes).toHaveLength((bits + 7) >> 3);
      expect(bytes.buffer).toBe(words.buffer);
      expect(words.every((word) => word === 0)).toBe(true);
      words.fill(-1);
      left = words;
      return bits;
    });
    expect(result).toBe(bits);
    expect(left.every((word) => word === 0)).toBe(true);
  }
  expect(() =>
    scratch.within(300, (words) => {
      words.fill(-1);
      left = words;
      throw new Error("the work failed");
    }),
  ).toThrow("the work failed");
  expect(left).toHaveLength(10);
  expect(left.every((word) => word === 0)).toBe(true);
});
