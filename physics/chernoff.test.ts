import { describe, expect, it } from "vitest";
import {
  divergenceNats,
  hitsLowerLimit,
  meanLowerLimit,
  meanUpperLimit,
  trialsUpperLimit,
} from "./chernoff.ts";
import { logIncompleteBeta } from "./special/index.ts";

const NATS = -Math.log(1e-10);

describe("Chernoff-Hoeffding limits", () => {
  it.each([
    [1e8, 1.7e6],
    [1e8, 9.7e7],
    [4.4e5, 300],
    [1000, 0],
    [1000, 1000],
  ])("bracket the observation of %s trials, %s hits", (trials, hits) => {
    const low = meanLowerLimit(trials, hits, NATS);
    const high = meanUpperLimit(trials, hits, NATS);
    expect(low).toBeLessThanOrEqual(hits);
    expect(high).toBeGreaterThanOrEqual(hits);
    if (hits > 0 && hits < trials) {
      expect(divergenceNats(trials, hits, low)).toBeCloseTo(NATS, 4);
      expect(divergenceNats(trials, hits, high)).toBeCloseTo(NATS, 4);
    }
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(trials);
  });

  it.each([
    [1e8, 1.7e6],
    [4.4e5, 300],
    [1000, 999],
  ])(
    "of %s trials, %s hits end on the side where the claimed failure is not reached any more",
    (trials, hits) => {
      for (const nats of [1, NATS, 200]) {
        const low = meanLowerLimit(trials, hits, nats);
        expect(low).toBeGreaterThan(0);
        expect(divergenceNats(trials, hits, low)).toBeGreaterThan(nats);
        const probability = hits / trials / 2;
        const least = hitsLowerLimit(trials, probability, nats);
        if (least > 0) expect(divergenceNats(trials, least, trials * probability)).toBeGreaterThan(nats);
        const most = trialsUpperLimit(hits, probability, nats);
        expect(divergenceNats(most, hits, most * probability)).toBeGreaterThan(nats);
        // From above as from below, of the misses.
        expect(meanUpperLimit(trials, hits, nats)).toBe(trials - meanLowerLimit(trials, trials - hits, nats));
        // No wider than by what bisection leaves.
        expect(divergenceNats(trials, hits, low)).toBeLessThan(nats * (1 + 1e-6));
        expect(divergenceNats(most, hits, most * probability)).toBeLessThan(nats * (1 + 1e-6));
      }
    },
  );

  it("give ln(1/eps) counts when nothing was seen among many", () => {
    expect(meanUpperLimit(1e9, 0, NATS)).toBeCloseTo(NATS, 4);
  });

  it("are never tighter than the exact binomial tails", () => {
    for (const [trials, probability] of [
      [1e4, 0.002],
      [1e6, 0.0044],
      [1e6, 0.5],
    ] as const) {
      const low = hitsLowerLimit(trials, probability, NATS);
      const below = Math.ceil(low) - 1;
      const belowLow =
        below < 0
          ? Number.NEGATIVE_INFINITY
          : logIncompleteBeta(below + 1, trials - below, probability).upper;
      expect(belowLow).toBeLessThanOrEqual(-NATS);
      const hits = Math.floor(trials * probability);
      const most = Math.ceil(trialsUpperLimit(hits, probability, NATS));
      expect(logIncompleteBeta(hits + 1, most - hits, probability).upper).toBeLessThanOrEqual(-NATS);
    }
  });

  it("grow with what they are given", () => {
    let previous = { hits: -1, trials: -1, mean: -1 };
    for (let count = 0; count < 4000; count += 97) {
      const now = {
        hits: hitsLowerLimit(count, 0.1, NATS),
        trials: trialsUpperLimit(count, 0.004, NATS),
        mean: meanLowerLimit(5000, count, NATS),
      };
      expect(now.hits).toBeGreaterThanOrEqual(previous.hits);
      expect(now.trials).toBeGreaterThan(previous.trials);
      expect(now.mean).toBeGreaterThanOrEqual(previous.mean);
      previous = now;
    }
  });
});
