import { describe, expect, it } from "vitest";
import { MISTAKES } from "./agreement-mistakes.ts";
import { PRODUCT } from "./agreement-rules.ts";
import { search } from "./agreement-search.ts";
import { WORLDS } from "./agreement-worlds.ts";

const LIMIT = 60_000;
/** Of more than ten thousand states: slow tests search them to their end. */
const WIDE = ["one block that grows old", "one block, whose proposer's store goes back"];

describe("two sites that agree on blocks, in every order of what can happen", () => {
  it.each(Object.keys(WORLDS).filter((name) => !WIDE.includes(name)))(
    "keep what must hold: %s",
    { timeout: 120_000 },
    (name) => {
      const found = search(WORLDS[name]!, PRODUCT, LIMIT);
      expect([found.breach, found.trace]).toEqual([null, []]);
      expect(found.complete).toBe(true);
      expect(found.fetched).toBeGreaterThan(0);
    },
  );

  it.each(Object.keys(MISTAKES))("would be seen to fail: %s", { timeout: 120_000 }, (name) => {
    const { rules, world } = MISTAKES[name]!;
    expect(search(world, rules, LIMIT).breach).not.toBeNull();
  });
});
