import { describe, expect, it } from "vitest";
import { alarmTitle, clock, duration, fixed, grouped, percent, since, three, withUnit } from "./format.ts";

describe("numbers", () => {
  it("have three digits, a true minus and a narrow space before the unit", () => {
    expect([three(6.9021), three(69.021), three(690.2), three(0.0123456), three(0)]).toEqual([
      "6.90",
      "69.0",
      "690",
      "0.0123",
      "0",
    ]);
    expect(fixed(-0.456)).toBe("−0.46");
    expect(fixed(-0.001)).toBe("0.00");
    expect(withUnit(6_902_100, "b/s")).toBe("6.90\u202fMb/s");
    expect(percent(0.0234)).toBe("2.34\u202f%");
    expect(grouped(1234567)).toBe("1\u202f234\u202f567");
  });
});

describe("times", () => {
  it("are UTC, with the day where it is not today", () => {
    const atMs = Date.UTC(2026, 10, 29, 14, 2, 9);
    expect(clock(atMs)).toBe("14:02:09");
    expect(since(atMs, atMs + 60_000)).toBe("14:02:09");
    expect(since(atMs, atMs + 86_400_000)).toBe("29 Nov 14:02");
  });

  it("last so long in their two largest parts", () => {
    expect(duration(28 * 60_000 + 4000)).toBe("28\u202fmin 4\u202fs");
    expect(duration(3_600_000 + 5000)).toBe("1\u202fh");
    expect(duration(2 * 86_400_000 + 3 * 3_600_000)).toBe("2\u202fd 3\u202fh");
    expect(duration(200)).toBe("0\u202fs");
  });
});

it("an alarm is called without the unit of its register", () => {
  expect(
    ["qberXPpm", "internalTemperatureC", "lossOfSignal", "detector0BiasV", "visibility", "linkDown"].map(
      alarmTitle,
    ),
  ).toEqual(["qberX", "internalTemperature", "lossOfSignal", "detector0Bias", "visibility", "linkDown"]);
});
