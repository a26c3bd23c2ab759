import { createHash } from "node:crypto";

/** Independent streams of the optics: changing one seed leaves what the others feed bit-identical. */
export type StreamName = "alice" | "bob" | "eve" | "channel" | "detectors" | "counts" | "drift" | "truth";

/**
 * Thirty-two bytes as eight words for one stream of one seed: SHA-256 over "qkdlink optics", the stream's name and the
 * seed (64 bits, little-endian).
 */
export function subseed(seed: bigint, stream: string): Uint32Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, seed));
  const digest = createHash("sha256").update(`qkdlink optics ${stream} `).update(bytes).digest();
  return Uint32Array.from({ length: 8 }, (_, i) => digest.readUInt32LE(4 * i));
}
