import { expect, it } from "vitest";
import { uncodedErrors } from "./laws/coded-errors.ts";
import { impurities } from "./laws/pure-rooms.ts";
import { sourceTree } from "./laws/source-tree.ts";
import { wallClocks } from "./laws/wall-clock.ts";

it("cores do no input or output, read no clock, draw nothing at random and know no Buffer", () => {
  expect(impurities(sourceTree())).toEqual([]);
});

it("every error that is thrown has a code", () => {
  expect(uncodedErrors(sourceTree())).toEqual([]);
});

it("how long something lasts goes by a clock that nobody sets", () => {
  expect(wallClocks(sourceTree())).toEqual([]);
});
