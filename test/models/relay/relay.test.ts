import { describe, expect, it } from "vitest";
import { MISTAKES } from "./relay-mistakes.ts";
import { PRODUCT } from "./relay-rules.ts";
import { search, walk } from "./relay-search.ts";
import { LARGE, WORLDS } from "./relay-worlds.ts";

/** Worlds looked at of each; what has more is searched to its end by `npm run models`. */
const LIMIT = 6000;
/** Worlds that end within it. */
const SMALL = [
  "one block, 2 crashes",
  "one block, crash, loss, repeat",
  "one block of two shares, corruption, crash",
  "two relays in a row, crash, loss, refusal",
  "two relays in a row and a direct share, corruption",
  "one block, changed on the line",
];

describe("nodes that relay key, in every order of what can happen", () => {
  it.each(Object.keys(WORLDS))("keep what must hold: %s", { timeout: 120_000 }, (name) => {
    const found = search(WORLDS[name]!, PRODUCT, LIMIT);
    expect([found.breach, found.trace]).toEqual([null, []]);
    expect([name, found.complete]).toEqual([name, SMALL.includes(name)]);
    if (found.complete) expect(found.fetched).toBeGreaterThan(0);
  });

  it("keep it also where a store cannot join the parts of a commit", { timeout: 120_000 }, () => {
    for (const name of SMALL) {
      const found = search(WORLDS[name]!, { ...PRODUCT, commitsApart: true }, LIMIT);
      expect([name, found.breach, found.complete]).toEqual([name, null, true]);
    }
  });

  it.each(Object.keys(MISTAKES))("would be seen to fail: %s", { timeout: 120_000 }, (name) => {
    const { rules, world } = MISTAKES[name]!;
    expect(search(world, rules, 20_000).breach).not.toBeNull();
  });

  it("keep it on random walks through a larger world", { timeout: 120_000 }, () => {
    const { breach, trace, fetched } = walk(LARGE, PRODUCT, { walks: 40, seed: 1 });
    expect([breach, trace]).toEqual([null, []]);
    expect(fetched).toBeGreaterThan(10);
  });
});
