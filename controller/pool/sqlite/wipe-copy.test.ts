import { expect, it } from "vitest";
import { wipeCopy } from "./wipe-copy.ts";

it("zeroes every byte of a call's arguments, also those beside a view", () => {
  const whole = new Uint8Array(8).fill(7);
  const pad = new Uint8Array(4).fill(7);
  wipeCopy([{ key: whole.subarray(0, 4), name: "block", none: null, facts: { tail: pad } }, 3]);
  expect([...whole, ...pad]).toEqual(new Array(12).fill(0));
});
