import { describe, expect, it } from "vitest";
import { type KeyNeed, keyGraph } from "./key-graph.ts";
import type { LinkState } from "./link-state.ts";
import { freeBits, RANK_FLOORS } from "./rank-floors.ts";

const link: LinkState = {
  neighbour: "b",
  freeBits: 100_000,
  leastRateBps: 1000,
  demandBps: 0,
  up: true,
  epsilon: 1e-10,
  auth: "information-theoretic",
};
const need: KeyNeed = { bits: 4096, rank: "critical", auth: "information-theoretic" };
const edgesOf = (links: readonly Partial<LinkState>[], more: Partial<KeyNeed> = {}) =>
  keyGraph([{ reporter: "a", number: 1, links: links.map((each) => ({ ...link, ...each })) }], {
    ...need,
    ...more,
  }).get("a");
const costOf = (change: Partial<LinkState>, more: Partial<KeyNeed> = {}) =>
  edgesOf([change], more)?.[0]?.cost;

describe("what a link costs", () => {
  it("is a hop, and the part that the need is of what the half will have in a minute", () => {
    expect(costOf({})).toBeCloseTo(1 + 4096 / (100_000 + 60_000), 12);
    expect(costOf({ demandBps: 400 })).toBeCloseTo(1 + 4096 / (100_000 + 36_000), 12);
  });

  it("is finite where more is taken than comes, as long as the stock is there", () => {
    expect(costOf({ leastRateBps: 0, demandBps: 50_000 })).toBe(2);
    expect(costOf({ leastRateBps: 0 })).toBeCloseTo(1 + 4096 / 100_000, 12);
  });

  it("has no bound below the need, without a connection, or for pads that rest on too little", () => {
    expect(edgesOf([{ freeBits: 4096 }])).toHaveLength(1);
    expect(edgesOf([{ freeBits: 4095 }])).toEqual([]);
    expect(edgesOf([{ up: false }])).toEqual([]);
    expect(edgesOf([{ auth: "computational" }])).toEqual([]);
    expect(edgesOf([{ auth: "computational" }], { auth: "computational" })).toHaveLength(1);
  });

  it("leaves out a link to the reporter itself, and the second of two to one neighbour", () => {
    expect(edgesOf([{ neighbour: "a" }])).toEqual([]);
    expect(edgesOf([{}, { freeBits: 9_999_999 }])?.map(({ freeBits: free }) => free)).toEqual([100_000]);
  });

  it("counts less as free, the less urgent the use", () => {
    const free = (["critical", "ordinary", "background"] as const).map(
      (rank) => edgesOf([{}], { rank })?.[0]?.freeBits,
    );
    expect(free).toEqual([100_000, 100_000 - (2048 - 256) * 8, 100_000 - (4096 - 256) * 8]);
    expect(freeBits(3000, "ordinary")).toBe((3000 - RANK_FLOORS.ordinary) * 8);
    expect(freeBits(2000, "ordinary")).toBe(0);
  });
});
