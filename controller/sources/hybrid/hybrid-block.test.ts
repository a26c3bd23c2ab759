import { createHash, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hybridSizes, isHybridSize } from "./block-sizes.ts";
import { combineKeys, type HybridPair, hybridBlockId } from "./hybrid-block.ts";

const linkKey = new Uint8Array(32).fill(7);
const pair: HybridPair = { linkId: "a~c", linkKey, kem: "ML-KEM-768", combiner: "kdf" };
const facts = {
  sequence: 3,
  createdAtMs: 1_764_547_200_000,
  blockBytes: 96,
  quantumKeyId: "00112233445566778899aabbccddeeff",
  exchangedKeyId: "ffeeddccbbaa99887766554433221100",
};
const quantum = Uint8Array.from({ length: 96 }, (_, index) => index);
const exchanged = Uint8Array.from({ length: 96 }, (_, index) => 255 - index);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** SPEC-PEER 7.8, written out. */
const TEXT =
  '["qkdlink/1 hybrid","ML-KEM-768|HKDF-SHA-384","a~c",3,1764547200000,96,' +
  '"00112233445566778899aabbccddeeff","ffeeddccbbaa99887766554433221100"]';

describe("a hybrid block", () => {
  it("is named by all that is said of it", () => {
    expect(hybridBlockId(pair, facts)).toBe(createHash("sha256").update(TEXT).digest("hex").slice(0, 32));
  });

  it("by kdf is HKDF-SHA-384 over both keys behind their lengths, salted with the link key", () => {
    const input = Buffer.concat([Buffer.of(0, 0, 0, 96), exchanged, Buffer.of(0, 0, 0, 96), quantum]);
    const info = createHash("sha384").update(`block${TEXT}`).digest();
    const expected = new Uint8Array(hkdfSync("sha384", input, linkKey, info, 96));
    expect(hex(combineKeys(pair, facts, quantum, exchanged))).toBe(hex(expected));
  });

  it("by xor is the exclusive-or of both, its tail bound to all of it", () => {
    const of = (changed = quantum) => combineKeys({ ...pair, combiner: "xor" }, facts, changed, exchanged);
    expect(hex(of().subarray(0, 32))).toBe("ff".repeat(32));
    const changed = quantum.slice();
    changed[0] = 1;
    expect(hex(of(changed).subarray(32))).not.toBe(hex(of().subarray(32)));
  });

  it.each<[string, Partial<HybridPair>, object]>([
    ["another KEM", { kem: "ML-KEM-1024" }, {}],
    ["another pair", { linkId: "a~b" }, {}],
    ["another link key", { linkKey: new Uint8Array(32).fill(8) }, {}],
    ["another number", {}, { sequence: 4 }],
    ["another quantum key's name", {}, { quantumKeyId: facts.exchangedKeyId }],
  ])("is other key for %s", (_, ofPair, ofFacts) => {
    const other = combineKeys({ ...pair, ...ofPair }, { ...facts, ...ofFacts }, quantum, exchanged);
    expect(hex(other)).not.toBe(hex(combineKeys(pair, facts, quantum, exchanged)));
  });

  it("needs both keys", () => {
    const whole = hex(combineKeys(pair, facts, quantum, exchanged));
    for (const at of [0, 95])
      for (const which of [quantum, exchanged]) {
        const changed = which.slice();
        changed[at] = (changed[at] as number) ^ 1;
        const parts = which === quantum ? ([changed, exchanged] as const) : ([quantum, changed] as const);
        expect(hex(combineKeys(pair, facts, ...parts))).not.toBe(whole);
      }
  });
});

describe("sizes of hybrid blocks", () => {
  it.each([8, 256, 4096, 30_000, 1e9])("for %d bits are possible ones, falling to a small one", (bits) => {
    const sizes = hybridSizes(bits);
    expect(sizes.every(isHybridSize)).toBe(true);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(sizes.at(-1)).toBeLessThan(704);
  });

  it("bring both halves what is wanted, up to the longest key", () => {
    expect(hybridSizes(4096)[0]).toBe(64 + 1024);
    expect(hybridSizes(1e9)[0]).toBe(8192);
  });

  it("are whole grains within limits", () => {
    expect([64, 95, 97, 8224].map(isHybridSize)).toEqual([false, false, false, false]);
    expect([96, 8192].map(isHybridSize)).toEqual([true, true]);
  });
});
