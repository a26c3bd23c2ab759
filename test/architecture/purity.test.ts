import { expect, it } from "vitest";
import { impurities } from "./laws/pure-rooms.ts";
import { sourceTree } from "./laws/source-tree.ts";

it("cores do no input or output, read no clock, draw nothing at random and know no Buffer", () => {
  expect(impurities(sourceTree())).toEqual([]);
});
