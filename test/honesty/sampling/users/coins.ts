import { createCipheriv } from "node:crypto";

/** Fair bits for places that nobody saw, one a byte: AES in counter mode, which the emulator uses nowhere. */
export function coins(seed: bigint, count: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeBigUInt64LE(seed);
  const stream = createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(count));
  return new Uint8Array(stream).map((byte) => byte & 1);
}
