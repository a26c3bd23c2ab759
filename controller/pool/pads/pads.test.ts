import { describe, expect, it } from "vitest";
import { createKernels } from "../../../kernels/index.ts";
import { exclusiveOr } from "./exclusive-or.ts";
import { PAD_TAG_BYTES, padParts } from "./pad-layout.ts";
import { padTag, padTagHolds } from "./pad-tag.ts";

const { hash } = await createKernels();
const rising = (first: number, length: number) => Uint8Array.from({ length }, (_, index) => first + index);

describe("a pad", () => {
  it("is a body, then a hash key, then a mask", () => {
    const { body, hashKey, mask } = padParts(rising(0, 3 + PAD_TAG_BYTES));
    expect([...body]).toEqual([0, 1, 2]);
    expect([...hashKey]).toEqual([...rising(3, 16)]);
    expect([...mask]).toEqual([...rising(19, 16)]);
  });

  it("has a body", () => {
    expect(() => padParts(new Uint8Array(PAD_TAG_BYTES))).toThrow(/needs a body/);
  });

  it("makes a tag that is the hash under its key, masked", () => {
    const pad = rising(1, 64);
    const text = rising(7, 40);
    const { hashKey, mask } = padParts(pad);
    const expected = hash.polynomial(hashKey, text).map((byte, index) => byte ^ mask[index]!);
    expect(padTag(hash, pad, text)).toEqual(expected);
    expect(padTagHolds(hash, pad, { text, tag: expected })).toBe(true);
  });

  it("shows every change of text, tag and pad, and a tag that was cut", () => {
    const pad = rising(1, 64);
    const text = rising(7, 40);
    const tag = padTag(hash, pad, text);
    const flipped = (bytes: Uint8Array, at: number) =>
      bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
    for (let at = 0; at < text.length; at += 1)
      expect(padTagHolds(hash, pad, { text: flipped(text, at), tag })).toBe(false);
    for (let at = 0; at < tag.length; at += 1)
      expect(padTagHolds(hash, pad, { text, tag: flipped(tag, at) })).toBe(false);
    for (let at = 32; at < pad.length; at += 1)
      expect(padTagHolds(hash, flipped(pad, at), { text, tag })).toBe(false);
    expect(padTagHolds(hash, pad, { text, tag: tag.subarray(0, 15) })).toBe(false);
    expect(padTagHolds(hash, pad, { text, tag: new Uint8Array(0) })).toBe(false);
    expect(padTagHolds(hash, pad, { text, tag: Uint8Array.of(...tag, 0) })).toBe(false);
  });
});

describe("the exclusive-or of shares", () => {
  it("is made byte by byte, and changes none of them", () => {
    const parts = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 4, 4), Uint8Array.of(255, 0, 1)];
    expect([...exclusiveOr(parts)]).toEqual([250, 6, 6]);
    expect([...parts[0]!]).toEqual([1, 2, 3]);
    expect([...exclusiveOr([parts[1]!])]).toEqual([4, 4, 4]);
  });

  it("has at least one part, and parts of one length", () => {
    expect(() => exclusiveOr([])).toThrow(/one length/);
    expect(() => exclusiveOr([Uint8Array.of(1), Uint8Array.of(1, 2)])).toThrow(/one length/);
  });
});
