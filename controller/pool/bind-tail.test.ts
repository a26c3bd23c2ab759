import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bindTail } from "./bind-tail.ts";

const blockId = "00112233445566778899aabbccddeeff";
const raw = () => Uint8Array.from({ length: 160 }, (_, index) => index);
const tailOf = (block: Uint8Array, id = blockId) => {
  bindTail(id, block);
  return Buffer.from(block.subarray(96)).toString("hex");
};

describe("the tail of a block whose bytes came one by one", () => {
  it("is exclusive-or'ed with the SHA-512 of label, id and block; the key stays", () => {
    const block = raw();
    bindTail(blockId, block);
    const text = Buffer.concat([Buffer.from("qkdlink relay tail 1"), Buffer.from(blockId, "hex"), raw()]);
    const digest = createHash("sha512").update(text).digest();
    expect([...block.subarray(0, 96)]).toEqual([...raw().subarray(0, 96)]);
    expect([...block.subarray(96)]).toEqual(
      [...raw().subarray(96)].map((byte, index) => byte ^ digest[index]!),
    );
  });

  it("differs all over for every other byte of the block, and for another id", () => {
    const own = tailOf(raw());
    for (let at = 0; at < 160; at += 1) {
      const other = raw();
      other[at]! ^= 1;
      const theirs = tailOf(other);
      for (const from of [0, 32, 64, 96])
        expect(theirs.slice(from, from + 32)).not.toBe(own.slice(from, from + 32));
    }
    expect(tailOf(raw(), "ff".repeat(16))).not.toBe(own);
  });
});
