import { describe, expect, it } from "vitest";
import { fileCycles, folderKnots } from "./laws/knots.ts";
import { sourceTree } from "./laws/source-tree.ts";

const tree = sourceTree();

describe("imports, of values and of types,", () => {
  it("make no circle of files", () => {
    expect(fileCycles(tree)).toEqual([]);
  });

  it("make no knot of folders", () => {
    expect(folderKnots(tree)).toEqual([]);
  });
});
