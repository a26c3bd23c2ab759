import { createHash, randomFillSync } from "node:crypto";
import type { RandomSource } from "../engine-io.ts";

/** The operating system's randomness. */
export const secureRandom: RandomSource = (bytes) => randomFillSync(new Uint8Array(bytes));

/** Bytes derived from a text and the label of their use: repeatable, therefore for tests alone. */
export function insecureRandom(seed: string): RandomSource {
  return (bytes, label) =>
    new Uint8Array(createHash("shake256", { outputLength: bytes }).update(`${seed}/${label}`).digest());
}
