import { describe, expect, it } from "vitest";
import {
  encodeRegister,
  INPUT_REGISTER_COUNT,
  INPUT_REGISTER_COUNT_V1,
  INPUT_REGISTERS,
} from "../../protocol/index.ts";
import { specText } from "./spec-examples.ts";

describe("the register examples of the SPEC (9.2)", () => {
  it.each([
    ["laserTemperatureC", -3.21, "FE BF", "laserTemperatureC of -3.21 degC is FE BF"],
    ["qberZPpm", 23_000, "00 00 59 D8", "qberZPpm of 23,000 ppm is 00 00 59 D8"],
    ["detector0CountRateHz", 22e6, "01 4F B1 80", "detector0CountRateHz of 22 MHz is 01 4F B1 80"],
    ["gain", 0.0444, "3D 35 DC C6", "gain of 0.0444 is 3D 35 DC C6"],
    ["arrivalOffsetPs", -12.3, "FF 85", "arrivalOffsetPs of -12.3 ps is FF 85"],
    ["serviceRxDbm", -6.78, "FD 5A", "serviceRxDbm of -6.78 dBm is FD 5A"],
    ["gainU", 0.0125, "3C 4C CC CD", "gainU of 0.0125 is 3C 4C CC CD"],
  ] as const)("%s of %d", (name, value, hex, sentence) => {
    const words = encodeRegister(INPUT_REGISTERS[name], value);
    const bytes = words.flatMap((word) => [word >> 8, word & 0xff]);
    expect(bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")).toBe(hex);
    expect(specText).toContain(sentence);
  });

  it("version 2 of the map leaves every register of version 1 where it was, and adds none below its end but in gaps", () => {
    const then =
      "0 1 2 3 4 16 17 18 19 20 21 22 23 24 25 26 32 33 34 48 49 50 52 54 55 56 58 60 61 62 64 72 73 74 75";
    const counters = "88 90 92 94 96 98 100 102 104 106";
    const added = "35 36 66 67 76 77 78 79 108 110 112 114 116 118";
    const numbers = `${then} ${counters} ${added}`.split(" ").map(Number);
    expect(Object.values(INPUT_REGISTERS).map(({ address }) => address)).toEqual(
      numbers.toSorted((a, b) => a - b),
    );
    expect([INPUT_REGISTER_COUNT_V1, INPUT_REGISTER_COUNT]).toEqual([108, 120]);
  });
});
