import { describe, expect, it } from "vitest";
import { judge, type Series } from "./judgement.ts";
import { readOptions } from "./options.ts";
import { floors, type Point, risingSigmas, slopePerS } from "./trend.ts";

/** A reading each five seconds for so many minutes. */
const over = (minutes: number, value: (atS: number, index: number) => number): Point[] =>
  Array.from({ length: 12 * minutes }, (_, index) => ({ atS: 5 * index, value: value(5 * index, index) }));
const memory = (points: readonly Point[]): Series => ({ name: "alice rss", unit: "MiB", points });
const files = (points: readonly Point[]): Series => ({ name: "alice fds", unit: "", points });
/** Scatter of thirty that repeats after 97 readings. */
const scatter = (index: number) => (30 * ((index * 61) % 97)) / 97;

describe("the slope", () => {
  it("is that of the line, whatever a few wild readings say", () => {
    const points = over(10, (atS, index) => (index % 9 === 0 ? 1e6 : 100 + 0.02 * atS));
    expect(slopePerS(points)).toBeCloseTo(0.02, 6);
  });

  it("rises clearly on a line, not at all on flat and falling ones", () => {
    expect(risingSigmas(over(2, (atS) => atS))).toBeGreaterThan(6);
    expect(risingSigmas(over(2, () => 7))).toBe(0);
    expect(risingSigmas(over(2, (atS) => -atS))).toBeLessThan(-6);
  });

  it("is taken over the least reading of each window", () => {
    const points = [3, 1, 2, 9, 8, 7].map((value, index) => ({ atS: 10 * index, value }));
    expect(floors(points, 30)).toEqual([
      { atS: 10, value: 1 },
      { atS: 50, value: 7 },
    ]);
  });
});

describe("memory", () => {
  it("that gains two thirds of a mebibyte a minute grows, under a scatter of thirty", () => {
    const judged = judge(memory(over(60, (atS, index) => 200 + (0.67 * atS) / 60 + scatter(index))));
    expect(judged.slope).toBeGreaterThan(0.5);
    expect(judged.grows).toBe(true);
  });

  it.each([
    ["is flat under the same scatter", (_atS: number, index: number) => 200 + scatter(index)],
    ["gains a third of a mebibyte a minute", (atS: number) => 200 + atS / 180],
    ["grew in the first half alone", (atS: number) => Math.min(atS, 1800)],
    ["is held for a while", (atS: number) => (atS > 2400 && atS < 2700 ? 250 : 200)],
  ])("that %s does not", (_name, value) => {
    expect(judge(memory(over(60, value))).grows).toBe(false);
  });

  it("is not judged on a handful of windows", () => {
    expect(judge(memory(over(6, (atS) => atS))).grows).toBe(false);
    expect(judge(memory(over(9, (atS) => atS))).grows).toBe(true);
  });
});

describe("file descriptors", () => {
  it("that are never closed grow, those that come and go do not", () => {
    expect(judge(files(over(20, (atS) => 40 + Math.floor(atS / 120)))).grows).toBe(true);
    expect(judge(files(over(20, (_atS, index) => 40 + (index % 7)))).grows).toBe(false);
  });
});

describe("the options", () => {
  it("are an hour unless told", () => {
    expect(readOptions([])).toMatchObject({ minutes: 60, json: false, plot: undefined });
    expect(readOptions(["--minutes", "0.5", "--json", "--plot", "x.svg"])).toMatchObject({
      minutes: 0.5,
      json: true,
      plot: "x.svg",
    });
  });

  it.each([[["--minutes", "0"]], [["--minutes", "x"]], [["--plot", ""]], [["--hours", "1"]], [["more"]]])(
    "refuse %j",
    (args) => {
      expect(() => readOptions(args)).toThrow(expect.objectContaining({ code: "QKD_CONFIG_INVALID" }));
    },
  );
});
