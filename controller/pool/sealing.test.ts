import { describe, expect, it } from "vitest";
import { newDataKey, openChunk, sealChunk, unwrapKey, wrapKey } from "./sealing.ts";

const KEY = new Uint8Array(32).fill(5);
const PLAIN = new Uint8Array(64).fill(1);
const UNREADABLE = expect.objectContaining({ code: "QKD_KEYSTORE_UNREADABLE" });

describe("a sealed chunk", () => {
  const sealed = sealChunk(KEY, 3, PLAIN, ["block", 1]);

  it("opens under its key, number and binding alone", () => {
    expect(openChunk(KEY, 3, sealed, ["block", 1])).toEqual(PLAIN);
    expect(() => openChunk(newDataKey(), 3, sealed, ["block", 1])).toThrow(UNREADABLE);
    expect(() => openChunk(KEY, 4, sealed, ["block", 1])).toThrow(UNREADABLE);
    expect(() => openChunk(KEY, 3, sealed, ["block", 2])).toThrow(UNREADABLE);
  });

  it("does not open with a bit changed, or cut", () => {
    for (let byte = 0; byte < sealed.length; byte++) {
      const changed = Uint8Array.from(sealed);
      changed[byte] = (changed[byte] ?? 0) ^ 1;
      expect(() => openChunk(KEY, 3, changed, ["block", 1])).toThrow(UNREADABLE);
    }
    for (const length of [0, 1, 15, 16, sealed.length - 1])
      expect(() => openChunk(KEY, 3, sealed.subarray(0, length), ["block", 1])).toThrow(UNREADABLE);
  });

  it("shares no key stream with another number", () => {
    const other = sealChunk(KEY, 4, PLAIN, ["block", 1]);
    const alike = other.subarray(0, 64).filter((byte, index) => byte === sealed[index]);
    expect(alike.length).toBeLessThan(8);
  });
});

describe("a wrapped data key", () => {
  it("opens under its key and binding alone, and looks different each time", () => {
    const dataKey = newDataKey();
    const wrapped = wrapKey(KEY, dataKey, ["store", 1]);
    expect(Buffer.from(unwrapKey(KEY, wrapped, ["store", 1])).equals(dataKey)).toBe(true);
    expect(() => unwrapKey(newDataKey(), wrapped, ["store", 1])).toThrow(UNREADABLE);
    expect(() => unwrapKey(KEY, wrapped, ["store", 2])).toThrow(UNREADABLE);
    expect(Buffer.from(wrapKey(KEY, dataKey, ["store", 1])).equals(wrapped)).toBe(false);
  });
});
