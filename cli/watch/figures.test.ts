import { describe, expect, it } from "vitest";
import { figure, lasting, rangeBar, sparkline } from "./figures.ts";

describe("a figure", () => {
  it("has three digits and its unit as people write it", () => {
    expect(figure(23_400, "ppm")).toBe("2.34 %");
    expect(figure(3_520_000, "Hz")).toBe("3.52 M/s");
    expect(figure(412, "Hz")).toBe("412 /s");
    expect(figure(-30.04, "degC")).toBe("−30.0 °C");
    expect(figure(0.0012, "A")).toBe("0.0012 A");
    expect(figure(0, "dBm")).toBe("0 dBm");
    expect(figure(0.981, "")).toBe("0.98");
    expect(figure(Number.NaN, "V")).toBe("- V");
  });

  it("tells lengths of time in their two largest parts", () => {
    expect(lasting(0)).toBe("0 s");
    expect(lasting(61_000)).toBe("1 min 1 s");
    expect(lasting(3_600_000)).toBe("1 h");
    expect(lasting(273_600_000)).toBe("3 d 4 h");
    expect(lasting(-5)).toBe("0 s");
  });
});

describe("a picture of readings", () => {
  it("shows their course between their own ends, newest last", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([0, 1, 2, 3], 2)).toBe("▁█");
    expect(sparkline([5, 5, 5], 10)).toBe("▄▄▄");
    expect(sparkline([], 10)).toBe("");
  });

  it("shows where a value lies in its ranges, at the edge where it lies beyond", () => {
    expect(rangeBar(5, [2, 8], [0, 10], 11)).toBe(":·|──●──|·:");
    expect(rangeBar(-50, [2, 8], [0, 10], 11)).toBe("●·|─────|·:");
    expect(rangeBar(50, [2, 8], [0, 10], 11)).toBe(":·|─────|·●");
  });
});
