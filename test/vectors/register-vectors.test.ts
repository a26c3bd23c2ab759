import { describe, expect, it } from "vitest";
import { encodeRegister, INPUT_REGISTERS } from "../../protocol/index.ts";
import { specText } from "./spec-examples.ts";

describe("the register examples of the SPEC (9.2)", () => {
  it.each([
    ["laserTemperatureC", -3.21, "FE BF", "laserTemperatureC of -3.21 degC is FE BF"],
    ["qberZPpm", 23_000, "00 00 59 D8", "qberZPpm of 23,000 ppm is 00 00 59 D8"],
    ["detector0CountRateHz", 22e6, "01 4F B1 80", "detector0CountRateHz of 22 MHz is 01 4F B1 80"],
    ["gain", 0.0444, "3D 35 DC C6", "gain of 0.0444 is 3D 35 DC C6"],
  ] as const)("%s of %d", (name, value, hex, sentence) => {
    const words = encodeRegister(INPUT_REGISTERS[name], value);
    const bytes = words.flatMap((word) => [word >> 8, word & 0xff]);
    expect(bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")).toBe(hex);
    expect(specText).toContain(sentence);
  });
});
