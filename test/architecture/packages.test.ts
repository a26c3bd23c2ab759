import { expect, it } from "vitest";
import { packageDoors } from "./laws/package-doors.ts";
import { sourceTree } from "./laws/source-tree.ts";

it("each dependency has one door", () => {
  expect(packageDoors(sourceTree())).toEqual([]);
});
