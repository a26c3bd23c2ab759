import { expect, it } from "vitest";
import { PRODUCT } from "./agreement-rules.ts";
import { search } from "./agreement-search.ts";
import { LARGE_WORLDS, WORLDS } from "./agreement-worlds.ts";

/** Worlds looked at of each: those that come first of any order are the short ones. */
const LIMIT = 60_000;

it.each(Object.keys(LARGE_WORLDS))(
  "two sites that agree keep what must hold: %s",
  { timeout: 600_000 },
  (name) => {
    const found = search(LARGE_WORLDS[name]!, PRODUCT, LIMIT);
    expect([found.breach, found.trace]).toEqual([null, []]);
    expect(found.fetched).toBeGreaterThan(0);
  },
);

it.each(["one block that grows old", "one block, whose proposer's store goes back"])(
  "two sites that agree keep what must hold to the end of every order: %s",
  { timeout: 600_000 },
  (name) => {
    const found = search(WORLDS[name]!, PRODUCT, LIMIT);
    expect([found.breach, found.trace, found.complete]).toEqual([null, [], true]);
    expect(found.fetched).toBeGreaterThan(0);
  },
);
