import { describe, expect, it } from "vitest";
import { longFiles, vagueNames } from "./laws/file-shape.ts";
import { formatterSpreads } from "./laws/formatter-spreads.ts";
import { kernelWords } from "./laws/kernel-words.ts";
import { sharedHooks } from "./laws/shared-hooks.ts";
import { roomOf } from "./laws/source-file.ts";
import { sourceTree } from "./laws/source-tree.ts";

const tree = sourceTree();

describe("files", () => {
  it("of every room are seen by the laws", () => {
    expect([...new Set(tree.map(({ path }) => roomOf(path)))]).toEqual(
      expect.arrayContaining([
        "errors",
        "options",
        "trust",
        "protocol",
        "physics",
        "diagnosis",
        "kernels",
        "drivers",
        "emulator",
        "controller",
      ]),
    );
    expect(tree.some(({ path }) => path.startsWith("kernels/assembly/"))).toBe(true);
    expect(tree.some(({ path }) => path === "test/architecture/files.test.ts")).toBe(true);
  });

  it("are short and named after one idea", () => {
    expect(longFiles(tree)).toEqual([]);
    expect(vagueNames(tree)).toEqual([]);
  });

  it("of the kernels speak of what they compute, not of who uses it", () => {
    expect(kernelWords(tree)).toEqual([]);
  });

  it("that tests share have no hooks at their top", () => {
    expect(sharedHooks(tree)).toEqual([]);
  });

  it("spread no literal that stands in its place", () => {
    expect(formatterSpreads(tree)).toEqual([]);
  });
});
