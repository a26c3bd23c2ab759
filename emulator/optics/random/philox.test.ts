import { describe, expect, it } from "vitest";
import { philox2x32 } from "./philox.ts";

describe("Philox2x32-7", () => {
  // Known answers published with the Random123 library (kat_vectors).
  it.each([
    [0, 0, 0, 0x257a3673, 0xcd26be2a],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xab302c4d, 0x3dc9d239],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0xbedbbe6b, 0xe4c770b3],
  ])("answers counter %i %i, key %i as published", (low, high, key, first, second) => {
    const out = new Uint32Array(2);
    philox2x32(low, high, key, out);
    expect([...out]).toEqual([first, second]);
  });
});
