import { describe, expect, it } from "vitest";
import { SENDER_CHOICE_AT } from "../../../kernels/index.ts";
import { type LinkParameters, linkPreset } from "../../../physics/index.ts";
import { nominalConditions } from "../conditions.ts";
import { buildTables } from "./build-tables.ts";
import { aliceSettings, bobSettings } from "./settings.ts";
import { streamSeeds } from "./stream-keys.ts";

const preset = linkPreset("yuan2018").link;
const even: LinkParameters = {
  ...preset,
  aliceZProbability: 0.6,
  bobZProbability: 0.4,
  intensityProbabilities: [0.4, 0.35, 0.25],
};

/** Probability of each pair of settings: Alice's choice (basis, level) and bit, Bob's basis and bit. */
function probabilities({ aliceZProbability: z, bobZProbability, intensityProbabilities }: LinkParameters) {
  const cells: number[] = [];
  for (const basis of [z, 1 - z])
    for (const level of intensityProbabilities)
      for (const other of [bobZProbability, 1 - bobZProbability])
        for (let bits = 0; bits < 4; bits++) cells.push((basis * level * other) / 4);
  return cells;
}

/** Index of settings in `probabilities`. */
function cellOf(alice: number, bob: number): number {
  const choice = 3 * (alice & 1) + ((alice >>> 2) & 3);
  return 8 * choice + 4 * ((bob >>> 4) & 1) + 2 * ((alice >>> 1) & 1) + ((bob >>> 5) & 1);
}

/** Chi-square of counts against their expectations, as a standard normal score (Wilson-Hilferty). */
function score(counts: ArrayLike<number>, expected: readonly number[]): number {
  const chi = expected.reduce((sum, mean, i) => sum + (counts[i]! - mean) ** 2 / mean, 0);
  const freedom = expected.length - 1;
  return ((chi / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

describe("settings of Alice and Bob", () => {
  // Five scores of 5 sigma: false alarm below 3e-6 over seeds.
  it.each([1, 23])("are independent of each other and of the gate before, at every %i. gate", (step) => {
    const count = 2 ** 18;
    const { words } = buildTables(nominalConditions(even), streamSeeds(4n));
    const single = probabilities(even);
    const pairs = single.flatMap((first) => single.map((second) => first * second * count));
    const seen = new Float64Array(48);
    const seenPairs = new Float64Array(48 * 48);
    const cell = (i: number) => cellOf(aliceSettings(words, i * step, 7), bobSettings(words, i * step, 7));
    let before = cell(0);
    for (let i = 1; i <= count; i++) {
      const now = cell(i);
      seen[now]!++;
      seenPairs[48 * before + now]!++;
      before = now;
    }
    expect(
      Math.abs(
        score(
          seen,
          single.map((p) => p * count),
        ),
      ),
    ).toBeLessThan(5);
    expect(Math.abs(score(seenPairs, pairs))).toBeLessThan(5);
  });

  it("come in the shares of an uneven link", () => {
    const count = 2 ** 19;
    const { words } = buildTables(nominalConditions(preset), streamSeeds(5n));
    const seen = new Float64Array(48);
    for (let i = 0; i < count; i++) seen[cellOf(aliceSettings(words, i, 0), bobSettings(words, i, 0))]!++;
    const expected = probabilities(preset).map((p) => p * count);
    expect(Math.abs(score(seen, expected))).toBeLessThan(5);
  });

  it("have Alice's probabilities to 2^-32", () => {
    const { words } = buildTables(nominalConditions(even), streamSeeds(4n));
    let sum = 0;
    for (let choice = 0; choice < 5; choice++) {
      sum += (choice < 3 ? 0.6 : 0.4) * even.intensityProbabilities[choice % 3]!;
      expect(Math.abs(words[SENDER_CHOICE_AT + choice]! / 2 ** 31 - sum)).toBeLessThan(1.01 * 2 ** -32);
    }
  });
});
