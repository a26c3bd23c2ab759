import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createKernels } from "../../kernels/index.ts";
import type { BlockFacts } from "../pool/key-pool.ts";
import { blockProofs, provenanceOf } from "./block-proofs.ts";

const { hash } = await createKernels();
const facts: BlockFacts = {
  blockId: "00112233445566778899aabbccddeeff",
  origin: "qkd",
  sequence: 258,
  createdAtMs: 1_764_547_200_000,
  epsilon: { secrecy: 1e-10, correctness: 2e-15, authentication: 3e-30 },
  blockBytes: 1024,
  authBytes: 128,
  keyBytes: 896,
  state: "pending",
  proposed: true,
  lackBytes: 25_000,
  storedAtMs: 1,
  release: null,
  fetched: null,
};
const tail = Uint8Array.from({ length: 64 }, (_, index) => index + 1);

/** The polynomial hash of SPEC-PEER 6.3 over GF(2^128), bit i of a block its coefficient of x^i, worked out slowly. */
function slowHash(key: Uint8Array, text: Uint8Array): bigint {
  const number = (bytes: Uint8Array) => [...bytes].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const times = (a: bigint, b: bigint) => {
    let product = 0n;
    for (let bit = 0n; bit < 128n; bit++) if ((b >> bit) & 1n) product ^= a << bit;
    for (let bit = 254n; bit >= 128n; bit--)
      if ((product >> bit) & 1n) product ^= ((1n << 128n) | 0x87n) << (bit - 128n);
    return product;
  };
  const k = number(key);
  let sum = 0n;
  for (let at = 0; at < text.length; at += 16) sum = times(sum ^ number(text.subarray(at, at + 16)), k);
  return times(sum ^ BigInt(8 * text.length), k);
}

describe("the tags of a block", () => {
  it("are what SPEC-PEER 5.2 says, each under its own part of the tail", () => {
    const provenance = createHash("sha256")
      .update(`["link1","${facts.blockId}","qkd",258,1764547200000,1024,128,1e-10,2e-15,3e-30]`)
      .digest("hex");
    const proofs = blockProofs(hash, "link1", facts, tail);
    expect(proofs.provenance).toBe(provenance);
    const expected = (from: number, role: string, said: number) => {
      const text = `["qkdlink agreement 3","${role}","link1","${facts.blockId}","${provenance}",${said}]`;
      const mask = tail.subarray(from + 16, from + 32);
      const digest = slowHash(tail.subarray(from, from + 16), new TextEncoder().encode(text));
      return Array.from({ length: 16 }, (_, i) => {
        const byte = Number((digest >> BigInt(8 * i)) & 255n) ^ (mask[i] as number);
        return byte.toString(16).padStart(2, "0");
      }).join("");
    };
    expect(proofs.storedTag(25_000)).toBe(expected(0, "stored", 25_000));
    expect(proofs.releasedTag(512)).toBe(expected(32, "released", 512));
  });

  it.each([
    ["block", { blockId: "ff".repeat(16) }],
    ["origin", { origin: "pqc" as const }],
    ["number", { sequence: 259 }],
    ["time", { createdAtMs: 1 }],
    ["length", { blockBytes: 1056 }],
    ["authentication share", { authBytes: 126 }],
    ["bound of secrecy", { epsilon: { ...facts.epsilon, secrecy: 1e-9 } }],
    ["bound of correctness", { epsilon: { ...facts.epsilon, correctness: 1e-9 } }],
    ["bound of authentication", { epsilon: { ...facts.epsilon, authentication: 1e-9 } }],
  ])("are others for another %s", (_, change) => {
    const [one, other] = [facts, { ...facts, ...change }].map((each) =>
      blockProofs(hash, "link1", each, tail),
    );
    expect(other?.provenance).not.toBe(one?.provenance);
    expect(other?.storedTag(1)).not.toBe(one?.storedTag(1));
    expect(other?.releasedTag(32)).not.toBe(one?.releasedTag(32));
  });

  it("are others for another link, another tail, and another thing that is said", () => {
    const one = blockProofs(hash, "link1", facts, tail);
    expect(provenanceOf("link2", facts)).not.toBe(one.provenance);
    for (let byte = 0; byte < 64; byte += 1) {
      const other = blockProofs(
        hash,
        "link1",
        facts,
        tail.map((value, at) => (at === byte ? value ^ 1 : value)),
      );
      expect(other.storedTag(1) === one.storedTag(1)).toBe(byte >= 32);
      expect(other.releasedTag(32) === one.releasedTag(32)).toBe(byte < 32);
    }
    expect(one.storedTag(1)).not.toBe(one.storedTag(2));
    expect(one.releasedTag(32)).not.toBe(one.releasedTag(64));
  });

  it("need a whole tail", () => {
    expect(() => blockProofs(hash, "link1", facts, tail.subarray(1))).toThrow(
      expect.objectContaining({ code: "QKD_KEYSTORE_REQUEST" }),
    );
  });
});
