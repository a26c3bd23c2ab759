import { expect, it } from "vitest";
import { packRootVector, unpackRootVector } from "./root-vector.ts";

it("the keys of blocks come back from their list, and a list of another length is refused", () => {
  const keys = new Map([1, 70_000, 2 ** 40].map((row, index) => [row, new Uint8Array(32).fill(index + 1)]));
  const packed = packRootVector(keys);
  expect(packed.length).toBe(3 * 40);
  expect([...packed.subarray(0, 9)]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 1]);
  const read = unpackRootVector(packed);
  expect(read).toEqual(keys);
  packed.fill(0);
  expect(read).toEqual(keys);
  expect(unpackRootVector(new Uint8Array(0)).size).toBe(0);
  expect(() => unpackRootVector(packed.subarray(1))).toThrow(
    expect.objectContaining({ code: "QKD_KEYSTORE_UNREADABLE" }),
  );
});
