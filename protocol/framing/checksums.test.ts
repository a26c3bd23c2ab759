import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc16 } from "./crc16.ts";
import { crc32 } from "./crc32.ts";

const digits = new TextEncoder().encode("123456789");

/** Bit by bit from the polynomial, as the SPEC describes it. */
function slowCrc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const top = (crc >> 15) ^ ((byte >> bit) & 1);
      crc = ((crc << 1) & 0xffff) ^ (top ? 0x1021 : 0);
    }
  return crc;
}

const noise = (length: number): Uint8Array => {
  let state = length + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};

describe("checksums", () => {
  it("give the check values of the SPEC", () => {
    expect(crc16(digits)).toBe(0x29b1);
    expect(crc32(digits)).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
    expect(crc16(new Uint8Array(0))).toBe(0xffff);
  });

  it("CRC-16 agrees with the polynomial division for every length", () => {
    for (let length = 0; length < 80; length++) expect(crc16(noise(length))).toBe(slowCrc16(noise(length)));
  });

  it("CRC-16 takes a part of an array", () => {
    expect(crc16(Uint8Array.of(0, 0, ...digits, 0), 2, 11)).toBe(0x29b1);
  });

  it("CRC-32 agrees with zlib for every length around the slices", () => {
    for (let length = 0; length < 100; length++) expect(crc32(noise(length))).toBe(zlibCrc32(noise(length)));
  });

  it("CRC-32 goes on from an earlier checksum wherever the bytes are cut", () => {
    const bytes = noise(67);
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
  });
});
