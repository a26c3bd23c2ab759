import { describe, expect, it } from "vitest";
import {
  type CohortCourse,
  isBeyondExpected,
  isCondemned,
  isHopeless,
  isOddBeyondExpected,
  sampleBits,
} from "./hopeless-cohort.ts";

describe("a doubtful cohort", () => {
  // 32,768 blocks of 32 bits at 3 %: 43.1 % odd are expected, deviation 0.274 %.
  const parities = (share: number) => ({
    odd: Math.round(32_768 * share),
    count: 32_768,
    keyBits: 1 << 20,
    qberPpm: 30_000,
  });

  it("has six deviations more odd parities than expected", () => {
    expect(isOddBeyondExpected(parities(0.4309))).toBe(false);
    expect(isOddBeyondExpected(parities(0.4309 + 5.9 * 0.002736))).toBe(false);
    expect(isOddBeyondExpected(parities(0.4309 + 6.1 * 0.002736))).toBe(true);
    expect(isOddBeyondExpected(parities(0.2))).toBe(false);
  });

  it("or twice the expected errors and six deviations more", () => {
    expect(isBeyondExpected(2000 + 189, 100_000, 10_000)).toBe(false);
    expect(isBeyondExpected(2000 + 190, 100_000, 10_000)).toBe(true);
  });

  it("is sampled by 1,024 bits, fewer where it is short, and not where that would be much of it", () => {
    expect([1 << 20, 1 << 16, 1 << 15, 8192, 2048, 2047, 1].map(sampleBits)).toEqual([
      1024, 1024, 512, 256, 256, 0, 0,
    ]);
  });

  it("is condemned by more errors than an eighth of the sample", () => {
    expect([isCondemned(128, 1024), isCondemned(129, 1024)]).toEqual([false, true]);
  });
});

describe("a hopeless cohort", () => {
  const course: CohortCourse = { keyBits: 8000, rounds: 2499, corrected: 999, disclosed: 7999, attempt: 0 };

  it.each<[string, Partial<CohortCourse>, boolean]>([
    ["is none short of every bound", {}, false],
    ["has an eighth of its bits wrong", { corrected: 1000 }, true],
    ["has nothing left to hide", { disclosed: 8000 }, true],
    ["takes 2,500 rounds", { rounds: 2500 }, true],
    ["may take 100 more for each extension", { rounds: 2500, attempt: 1 }, false],
    ["and no more than those", { rounds: 2600, attempt: 1 }, true],
  ])("%s", (_, change, hopeless) => {
    expect(isHopeless({ ...course, ...change })).toBe(hopeless);
  });
});
