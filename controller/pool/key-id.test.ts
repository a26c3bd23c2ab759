import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyStoreError } from "../../errors/index.ts";
import { KEY_ID_LIMITS, KeyIds, type KeyLocation } from "./key-id.ts";

const linkKey = Uint8Array.from({ length: 32 }, (_, index) => index * 7 + 1);
const audience = { master: "sae-a", slave: "sae-b" };
const location: fc.Arbitrary<KeyLocation> = fc.record({
  origin: fc.constantFrom("qkd", "relay", "hybrid", "pqc"),
  sequence: fc.nat({ max: KEY_ID_LIMITS.sequence }),
  offset: fc.nat({ max: KEY_ID_LIMITS.blockBytes - 1 }),
  length: fc.integer({ min: 1, max: KEY_ID_LIMITS.keyBytes }),
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof KeyStoreError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("key IDs", () => {
  it("lead both sites to the same key, in either case, as version 8 UUIDs", () => {
    const alice = new KeyIds(linkKey);
    const bob = new KeyIds(linkKey);
    fc.assert(
      fc.property(location, (where) => {
        const keyId = alice.encode(where, audience);
        expect(keyId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(bob.decode(keyId, audience)).toEqual(where);
        expect(bob.decode(keyId.toUpperCase(), audience)).toEqual(where);
      }),
      { seed: 1 },
    );
  });

  it("tell a true ID in the wrong hands from an ID that never existed", () => {
    const ids = new KeyIds(linkKey);
    const keyId = ids.encode({ origin: "qkd", sequence: 5, offset: 64, length: 32 }, audience);
    const others = [
      { master: "sae-a", slave: "sae-c" },
      { master: "sae-c", slave: "sae-b" },
      { master: "sae-b", slave: "sae-a" },
      { master: 'sae-a","sae', slave: "b" },
      { master: "sae-as", slave: "ae-b" },
    ];
    for (const other of others) expect(codeOf(() => ids.decode(keyId, other))).toBe("QKD_KEYSTORE_FORBIDDEN");
    const foreign = new KeyIds(linkKey.map((byte) => byte ^ 1)).encode(
      { origin: "qkd", sequence: 5, offset: 64, length: 32 },
      audience,
    );
    expect(codeOf(() => ids.decode(foreign, audience))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
  });

  // An altered ID is accepted with probability 2^-50 and called forbidden with 2^-18: 4e-4 over these 100 by chance,
  // nil for this fixed key.
  it("refuse every single-digit change", () => {
    const ids = new KeyIds(linkKey);
    const keyId = ids.encode({ origin: "pqc", sequence: 77, offset: 4096, length: 16 }, audience);
    for (let place = 0; place < keyId.length; place += 1) {
      const digit = keyId[place] ?? "";
      if (digit === "-") continue;
      const changed = keyId.slice(0, place) + (digit === "0" ? "1" : "0") + keyId.slice(place + 1);
      // The last eight digits are the audience check alone.
      const expected = place >= 28 ? /FORBIDDEN|UNKNOWN/ : /UNKNOWN/;
      expect(codeOf(() => ids.decode(changed, audience))).toMatch(expected);
    }
  });

  it.each([
    "",
    "x",
    "../../etc/passwd",
    "01234567-89ab-4def-8123-456789abcdef",
    "0".repeat(36),
    `${"f".repeat(2000)}`,
  ])("refuse %j as unknown", (garbage) => {
    expect(codeOf(() => new KeyIds(linkKey).decode(garbage, audience))).toBe("QKD_KEYSTORE_UNKNOWN_KEY");
  });

  // One in 2^18 forged IDs is called forbidden: one in fifty runs of these 5000 by chance, nil for this fixed key.
  it("of an outsider meet eighteen bits of check, not ten", () => {
    const ids = new KeyIds(linkKey);
    const forger = new KeyIds(linkKey.map((byte) => byte ^ 2));
    const codes = Array.from({ length: 5000 }, (_, sequence) =>
      codeOf(() =>
        ids.decode(forger.encode({ origin: "qkd", sequence, offset: 0, length: 32 }, audience), audience),
      ),
    );
    expect(new Set(codes)).toEqual(new Set(["QKD_KEYSTORE_UNKNOWN_KEY"]));
  });

  it("of ever more audiences hold no ever growing memory, and stay what they are", () => {
    const ids = new KeyIds(linkKey);
    const where = { origin: "qkd", sequence: 3, offset: 32, length: 32 } as const;
    const first = ids.encode(where, audience);
    let most = 0;
    for (let other = 0; other < 1000; other += 1) {
      ids.encode(where, { master: "sae-a", slave: `sae-${other}` });
      most = Math.max(most, ids.heldAudiences);
    }
    expect(most).toBe(256);
    expect(ids.encode(where, audience)).toBe(first);
    expect(ids.decode(first, audience)).toEqual(where);
  });

  it("are all different and show no order", () => {
    const ids = new KeyIds(linkKey);
    const made = Array.from({ length: 2000 }, (_, index) =>
      ids.encode({ origin: "qkd", sequence: 1, offset: index * 32, length: 32 }, audience),
    );
    expect(new Set(made).size).toBe(2000);
    const rises = made.filter((keyId, index) => index > 0 && keyId > (made[index - 1] ?? "")).length;
    // Mean 999.5, standard deviation 13 for a random order; bounds are 6 sigma (false alarm 2e-9).
    expect(rises).toBeGreaterThan(920);
    expect(rises).toBeLessThan(1080);
  });
});
