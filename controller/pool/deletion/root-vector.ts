import { KeyStoreError } from "../../../errors/index.ts";
import { TREE_KEY_BYTES } from "./segments.ts";

const ENTRY_BYTES = 8 + TREE_KEY_BYTES;

/** The block keys as the root seals them: for each block its row (8 bytes, big-endian) and its key. */
export function packRootVector(blockKeys: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const packed = new Uint8Array(blockKeys.size * ENTRY_BYTES);
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const [row, key] of blockKeys) {
    view.setBigUint64(at, BigInt(row));
    packed.set(key, at + 8);
    at += ENTRY_BYTES;
  }
  return packed;
}

/** The block keys by row, copied. QKD_KEYSTORE_UNREADABLE for bytes that are no root vector. */
export function unpackRootVector(packed: Uint8Array): Map<number, Uint8Array> {
  if (packed.length % ENTRY_BYTES !== 0)
    throw new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "the store's list of block keys has a wrong length");
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const keys = new Map<number, Uint8Array>();
  for (let at = 0; at < packed.length; at += ENTRY_BYTES) {
    keys.set(Number(view.getBigUint64(at)), packed.slice(at + 8, at + ENTRY_BYTES));
  }
  return keys;
}
