import { describe, expect, it } from "vitest";
import { packSlot, ROOT_FILE_BYTES, SLOT_BYTES, unpackSlots } from "./root-slots.ts";

const PATH = "/site/keys.root";
const owner = {
  databasePath: "/site/keys.db",
  storeName: new Uint8Array(16).fill(3),
  wrappingKey: new Uint8Array(32).fill(4),
};
const slot = (generation: number, of = owner) =>
  packSlot(of, { generation, root: new Uint8Array(32).fill(generation) });
const file = (a: Uint8Array, b: Uint8Array) => new Uint8Array(Buffer.concat([a, b]));

describe("the slots of a root file", () => {
  it("hold two roots with their generations, and show neither", () => {
    const both = file(slot(6), slot(7));
    expect(both.length).toBe(ROOT_FILE_BYTES);
    expect(unpackSlots(owner, PATH, both)).toEqual([
      { generation: 6, root: new Uint8Array(32).fill(6) },
      { generation: 7, root: new Uint8Array(32).fill(7) },
    ]);
    expect(Buffer.from(both).includes(Buffer.alloc(16, 6))).toBe(false);
  });

  it.each([
    ["magic", 0],
    ["store's name", 10],
    ["generation", 31],
    ["IV", 35],
    ["root", 50],
    ["tag", 91],
  ])("are worth nothing with a bit of their %s changed, and leave the other slot as it is", (_name, at) => {
    const both = file(slot(6), slot(7));
    both[at] = (both[at] ?? 0) ^ 1;
    expect(unpackSlots(owner, PATH, both).map((each) => each?.generation)).toEqual([undefined, 7]);
  });

  it("open for their key file alone", () => {
    const other = { ...owner, wrappingKey: new Uint8Array(32) };
    expect(unpackSlots(other, PATH, file(slot(6), slot(7)))).toEqual([null, null]);
  });

  it("may be erased", () => {
    expect(unpackSlots(owner, PATH, new Uint8Array(ROOT_FILE_BYTES))).toEqual([null, null]);
  });

  it.each([
    [
      "of another store",
      file(
        slot(1, { ...owner, storeName: new Uint8Array(16) }),
        slot(2, { ...owner, storeName: new Uint8Array(16) }),
      ),
      "the root file /site/keys.root belongs to another key store than /site/keys.db",
    ],
    [
      "that is too short",
      file(slot(1), slot(2)).subarray(1),
      "the file /site/keys.root in the root file's place is none",
    ],
    [
      "that is too long",
      file(file(slot(1), slot(2)), new Uint8Array(1)),
      "the file /site/keys.root in the root file's place is none",
    ],
    ["that is empty", new Uint8Array(0), "the file /site/keys.root in the root file's place is none"],
    [
      "of something else",
      new Uint8Array(ROOT_FILE_BYTES).fill(9),
      "the file /site/keys.root in the root file's place is none",
    ],
  ])("are not looked for in a file %s", (_name, content, sentence) => {
    expect(() => unpackSlots(owner, PATH, content)).toThrow(
      expect.objectContaining({ code: "QKD_KEYSTORE_CONFLICT", message: expect.stringContaining(sentence) }),
    );
  });

  it("take what they are written over whole", () => {
    expect(slot(1).length).toBe(SLOT_BYTES);
  });
});
