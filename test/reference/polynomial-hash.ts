import { checkExactBytes } from "../../kernels/arguments.ts";
import type { HashKernel } from "../../kernels/index.ts";

const toInteger = (bytes: Uint8Array): bigint => {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
};

/** Product in GF(2)[x] / (x^128 + x^7 + x^2 + x + 1). */
export function multiply128(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let i = 127n; i >= 0n; i--) {
    product <<= 1n;
    if (product >> 128n) product ^= (1n << 128n) | 0x87n;
    if ((b >> i) & 1n) product ^= a;
  }
  return product;
}

function evaluate(key: Uint8Array, message: Uint8Array): Uint8Array {
  checkExactBytes("hash key", key, 16);
  const point = toInteger(key);
  let value = 0n;
  for (let at = 0; at < message.length; at += 16)
    value = multiply128(value ^ toInteger(message.subarray(at, at + 16)), point);
  value = multiply128(value ^ BigInt(8 * message.length), point);
  const tag = new Uint8Array(16);
  for (let i = 0; i < 16; i++) tag[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return tag;
}

/** Polynomial hash over GF(2^128) with big integers. */
export const referenceHash: HashKernel = {
  keyBytes: 16,
  tagBytes: 16,
  polynomial: evaluate,
  collisionBound: (byteLength) => (Math.ceil(byteLength / 16) + 1) * 2 ** -128,
  stream(key) {
    const pieces: Uint8Array[] = [];
    return {
      update: (piece) => {
        pieces.push(new Uint8Array(piece));
      },
      digest: () => evaluate(key, Buffer.concat(pieces)),
    };
  },
};
