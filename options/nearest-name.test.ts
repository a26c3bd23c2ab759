import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

const KNOWN = ["lossDb", "clockHz", "blockBits", "preset"];

describe("the nearest name", () => {
  it.each([
    ["losDb", "lossDb"],
    ["lossdb", "lossDb"],
    ["lsosDb", "lossDb"],
    ["lossDbb", "lossDb"],
    ["blocBit", "blockBits"],
    ["clock", "clockHz"],
    ["watch", null],
    ["", null],
    ["x".repeat(100_000), null],
  ])("of %s is %s", (typed, nearest) => expect(nearestName(typed, KNOWN)).toBe(nearest));

  it("is the nearer of two", () => expect(nearestName("readr", ["read", "reader"])).toBe("read"));
});
