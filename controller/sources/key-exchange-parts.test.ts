import { createHash, generateKeyPairSync, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { deriver, proofHolds, RawPublicKeys } from "./key-exchange-parts.ts";

describe("a proof", () => {
  it("holds where it is the expected one, to the last bit, and of its length alone", () => {
    const expected = Uint8Array.from({ length: 32 }, (_, at) => at);
    expect(proofHolds(expected, expected.slice())).toBe(true);
    for (let bit = 0; bit < 256; bit++) {
      const other = expected.slice();
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(proofHolds(expected, other)).toBe(false);
    }
    for (const length of [0, 31]) expect(proofHolds(expected, expected.subarray(0, length))).toBe(false);
    expect(proofHolds(expected, Uint8Array.of(...expected, 0))).toBe(false);
  });
});

describe("raw public keys", () => {
  it("are what stands behind the algorithm's prefix, and are read back", () => {
    const keys = new RawPublicKeys("302a300506032b656e032100");
    const { publicKey } = generateKeyPairSync("x25519");
    const raw = keys.of(publicKey);
    expect(raw).toHaveLength(32);
    expect(keys.read(raw).equals(publicKey)).toBe(true);
    expect(() => keys.read(raw.subarray(1))).toThrow();
  });
});

describe("derived keys", () => {
  const from = {
    hash: "sha384",
    secret: new Uint8Array(36).fill(1),
    salt: new Uint8Array(32).fill(2),
    transcript: '["said"]',
  } as const;

  it("are HKDF with the hash of label and transcript for info", () => {
    const info = createHash("sha384").update('block["said"]').digest();
    const expected = new Uint8Array(hkdfSync("sha384", from.secret, from.salt, info, 64));
    expect(deriver(from)("block", 64)).toEqual(expected);
  });

  it.each([
    ["label", from, "proof"],
    ["secret", { ...from, secret: new Uint8Array(36).fill(3) }, "block"],
    ["salt", { ...from, salt: new Uint8Array(32).fill(3) }, "block"],
    ["transcript", { ...from, transcript: '["other"]' }, "block"],
    ["hash", { ...from, hash: "sha512" as const }, "block"],
  ])("are others for another %s", (_what, other, label) => {
    expect(deriver(other)(label, 64)).not.toEqual(deriver(from)("block", 64));
  });
});
