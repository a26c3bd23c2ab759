import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { KeyStoreError } from "../../errors/index.ts";

const TAG_BYTES = 16;
const IV_BYTES = 12;
const CIPHER = "aes-256-gcm";

/** A labelled key derived from a master key (HKDF-SHA-384). */
export function deriveKey(master: Uint8Array, label: string, bytes = 32): Uint8Array {
  return new Uint8Array(hkdfSync("sha384", master, new Uint8Array(0), `qkdlink/1 ${label}`, bytes));
}

/** What a ciphertext is bound to; any difference makes it unreadable. */
export type Binding = readonly (string | number)[];

/** A fresh random data key. */
export function newDataKey(): Uint8Array {
  return randomBytes(32);
}

/** Wraps a key, or several in one, under another that wraps many: IV, ciphertext, tag. */
export function wrapKey(kek: Uint8Array, dataKey: Uint8Array, binding: Binding): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  return Buffer.concat([iv, encrypt(kek, iv, dataKey, binding)]);
}

/** Recovers what `wrapKey` wrapped; QKD_KEYSTORE_UNREADABLE when key file, store or binding do not fit. */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array, binding: Binding): Uint8Array {
  return decrypt(kek, wrapped.subarray(0, IV_BYTES), wrapped.subarray(IV_BYTES), binding);
}

/** Seals with a key that seals this alone, in all its life: so the nonce is fixed. */
export function sealOnce(onceKey: Uint8Array, plain: Uint8Array, binding: Binding): Uint8Array {
  return encrypt(onceKey, new Uint8Array(IV_BYTES), plain, binding);
}

/** Opens what `sealOnce` sealed; QKD_KEYSTORE_UNREADABLE when key, binding or a bit differ. */
export function openOnce(onceKey: Uint8Array, sealed: Uint8Array, binding: Binding): Uint8Array {
  return decrypt(onceKey, new Uint8Array(IV_BYTES), sealed, binding);
}

/** Seals chunk `number`: each data key seals every number once, so the number is the nonce. */
export function sealChunk(
  dataKey: Uint8Array,
  number: number,
  plain: Uint8Array,
  binding: Binding,
): Uint8Array {
  return encrypt(dataKey, counterNonce(number), plain, [...binding, number]);
}

/** Opens chunk `number`; QKD_KEYSTORE_UNREADABLE when a bit differs. */
export function openChunk(
  dataKey: Uint8Array,
  number: number,
  sealed: Uint8Array,
  binding: Binding,
): Uint8Array {
  return decrypt(dataKey, counterNonce(number), sealed, [...binding, number]);
}

function counterNonce(number: number): Uint8Array {
  const nonce = new Uint8Array(IV_BYTES);
  new DataView(nonce.buffer).setUint32(IV_BYTES - 4, number);
  return nonce;
}

function encrypt(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, binding: Binding): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(Buffer.from(JSON.stringify(binding)));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, binding: Binding): Uint8Array {
  const body = sealed.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(JSON.stringify(binding)));
    decipher.setAuthTag(sealed.subarray(body));
    const plain = decipher.update(sealed.subarray(0, Math.max(0, body)));
    decipher.final();
    // A plain Uint8Array: a Buffer's `slice` would share memory that is wiped later.
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch (cause) {
    throw new KeyStoreError("QKD_KEYSTORE_UNREADABLE", "sealed key material does not open", { cause });
  }
}
