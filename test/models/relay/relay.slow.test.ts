import { expect, it } from "vitest";
import { PRODUCT } from "./relay-rules.ts";
import { walk } from "./relay-search.ts";
import { LARGE } from "./relay-worlds.ts";

it("nodes that relay key keep what must hold on random walks through a larger world", {
  timeout: 120_000,
}, () => {
  const { breach, trace, fetched } = walk(LARGE, PRODUCT, { walks: 200, seed: 1 });
  expect([breach, trace]).toEqual([null, []]);
  expect(fetched).toBeGreaterThan(50);
});
