import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { base64Bytes } from "./base64-bytes.ts";
import { jsonNesting } from "./json-nesting.ts";
import { retryAfterMs } from "./retry-after.ts";

describe("base64", () => {
  it("is read as it was written, at every length", () => {
    for (let length = 1; length < 70; length += 1) {
      const bytes = new Uint8Array(randomBytes(length));
      const read = base64Bytes(Buffer.from(bytes).toString("base64"));
      expect(read).toEqual(bytes);
      expect(read?.buffer.byteLength).toBe(length);
    }
  });

  it.each([
    "",
    "A",
    "AA",
    "AAA",
    "AAAAA",
    "AA==AA==",
    "A===",
    "====",
    "AA=A",
    "AAA*",
    "AA-_",
    "AA\n=",
    " AAA",
    "AAAé",
    "AB==",
    "AAB=",
  ])("does not take %j", (text) => expect(base64Bytes(text)).toBeNull());
});

describe("the nesting of a JSON text", () => {
  it.each([
    ["7", 0],
    ["{}", 1],
    ['{"a":[{}],"b":[]}', 3],
    [String.raw`["[[[\"[["]`, 1],
    ["[[[[", 4],
    [String.raw`{"\\":[[]]}`, 3],
  ])("of %s is %i", (text, depth) => expect(jsonNesting(text)).toBe(depth));
});

describe("Retry-After", () => {
  const NOW = Date.UTC(2026, 10, 30, 8, 0, 0);
  it.each([
    [undefined, null],
    ["0", 0],
    [" 12 ", 12_000],
    ["999999", 3_600_000],
    ["Mon, 30 Nov 2026 08:00:05 GMT", 5000],
    ["Mon, 30 Nov 2020 08:00:05 GMT", 0],
    ["Mon, 30 Nov 2099 08:00:05 GMT", 3_600_000],
    ["-1", null],
    ["1.5", null],
    ["soon", null],
    ["2026", 2_026_000],
    ["2026-11-30", null],
    ["", null],
  ])("of %j is %s ms", (header, ms) => expect(retryAfterMs(header, NOW)).toBe(ms));
});
