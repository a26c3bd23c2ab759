import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadNetwork } from "../../emulator/index.ts";
import { introduction } from "./introduction.ts";
import { holdsTogether, shapeFigures, splittingCuts } from "./topology.ts";

const LINE = {
  nodes: ["a", "b", "c"],
  links: [
    { id: "a-b", ends: ["a", "b"], km: 1.5 },
    { id: "b-c", ends: ["b", "c"], km: 2 },
  ],
} as const;

describe("the shape of a network", () => {
  it("of three nodes in a line has three pairs, one of two hops, and no cut that it survives", () => {
    expect(shapeFigures(LINE)).toEqual({ fibreKm: 3.5, pairs: 3, meanHops: 4 / 3, maxHops: 2 });
    expect(splittingCuts(LINE, 1)).toEqual({ choices: 2, split: 2 });
    expect(holdsTogether(LINE)).toBe(true);
    expect(holdsTogether(LINE, new Set(["b-c"]))).toBe(false);
  });

  it("counts hops of the pairs that have a way, where not all have one", () => {
    expect(shapeFigures({ ...LINE, links: LINE.links.slice(0, 1) })).toMatchObject({
      pairs: 3,
      meanHops: 1,
      maxHops: 1,
    });
  });
});

describe("tokyo-18", () => {
  const tokyo = loadNetwork("tokyo-18");

  it("has 18 nodes, 24 links and 240.0 km of fibre, 0.45 dB/km with its connectors", () => {
    expect(tokyo.nodes).toHaveLength(18);
    expect(tokyo.links).toHaveLength(24);
    const { fibreKm } = shapeFigures(tokyo);
    expect(fibreKm).toBe(240);
    expect(tokyo.links.reduce((sum, { lossDb }) => sum + lossDb, 0) / fibreKm).toBeCloseTo(0.45, 2);
  });

  it("has 153 pairs, 2.86 hops apart on average and six at most", () => {
    const { pairs, meanHops, maxHops } = shapeFigures(tokyo);
    expect(pairs).toBe(153);
    expect(meanHops).toBeCloseTo(2.86, 2);
    expect(maxHops).toBe(6);
  });

  it("holds together after any cut, and falls apart after 6 of 276 double and 162 of 2,024 triple ones", () => {
    expect(splittingCuts(tokyo, 1)).toEqual({ choices: 24, split: 0 });
    expect(splittingCuts(tokyo, 2)).toEqual({ choices: 276, split: 6 });
    expect(splittingCuts(tokyo, 3)).toEqual({ choices: 2024, split: 162 });
  });
});

describe("the document's example", () => {
  it("begins as the command does", () => {
    const page = readFileSync(new URL("../../docs/NETWORK.md", import.meta.url), "utf8");
    for (const line of introduction(loadNetwork("ring-6"), 1, 1)) expect(page).toContain(`\n    ${line}\n`);
  });
});
