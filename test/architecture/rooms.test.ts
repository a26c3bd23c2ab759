import { describe, expect, it } from "vitest";
import { hiddenImports } from "./laws/hidden-imports.ts";
import { roomDoors, unusedDoors } from "./laws/room-doors.ts";
import { roomOrder } from "./laws/room-order.ts";
import { sourceTree } from "./laws/source-tree.ts";

const tree = sourceTree();

describe("the rooms", () => {
  it("import only the rooms below them, and nothing but cli, bench and test the emulator", () => {
    expect(roomOrder(tree)).toEqual([]);
  });

  it("are entered through their index, by tests and figures too, beside a few inner doors with a reason", () => {
    expect(roomDoors(tree)).toEqual([]);
  });

  it("hide from no law what they import", () => {
    expect(hiddenImports(tree)).toEqual([]);
  });

  it("have no inner door that nobody uses", () => {
    expect(unusedDoors(tree)).toEqual([]);
  });
});
