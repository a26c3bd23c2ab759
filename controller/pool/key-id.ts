import { type Cipheriv, createCipheriv, createHmac } from "node:crypto";
import { KeyStoreError } from "../../errors/index.ts";
import type { KeyAudience, KeyOrigin } from "./key-pool.ts";
import { deriveKey } from "./sealing.ts";

/** Where a key lies; equal at both sites. Offset and length in bytes within the block. */
export interface KeyLocation {
  readonly origin: KeyOrigin;
  readonly sequence: number;
  readonly offset: number;
  readonly length: number;
}

/** Largest values that a key ID can carry. */
export const KEY_ID_LIMITS = { sequence: 2 ** 32 - 1, blockBytes: 2 ** 25, keyBytes: 2 ** 13 } as const;

const ORIGINS: readonly KeyOrigin[] = ["qkd", "relay", "hybrid", "pqc"];
const LOCATION_BYTES = 9;
const BLOCK_BYTES = 16;
const REMEMBERED_AUDIENCES = 256;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Bytes of the UUID that carry the masked location; the others carry version, variant and the two checks. */
const LOCATION_PLACES = [0, 1, 2, 3, 4, 5, 7, 9, 10] as const;

/**
 * Names keys by UUIDs (version 8, RFC 9562) that both sites compute alike, without a message and without a table.
 *
 * The 122 free bits are a synthetic-IV encryption (AES-256 as the pseudo-random function) under keys derived from the
 * pre-placed secret: 72 bits of location (block sequence 32, origin 2, offset 25, length 13), an 18-bit check of the
 * location and a 32-bit check of location and audience; the checks are the IV of the mask over the location. An ID
 * that was not made with the link's key fails the first check; a true ID in the hands of another SAE fails the second.
 * IDs show nothing of order or use to an outsider.
 */
export class KeyIds {
  readonly #check: Prf;
  readonly #mask: Prf;
  readonly #audienceKey: Uint8Array;
  readonly #audiences = new Map<string, Prf>();

  constructor(linkKey: Uint8Array) {
    this.#check = new Prf(deriveKey(linkKey, "key id check"));
    this.#mask = new Prf(deriveKey(linkKey, "key id mask"));
    this.#audienceKey = deriveKey(linkKey, "key id audience");
  }

  /** Audiences whose keys are held ready; callers name as many as they like, so it is bounded. */
  get heldAudiences(): number {
    return this.#audiences.size;
  }

  /** The ID of the key at `location` for `audience`. */
  encode(location: KeyLocation, audience: KeyAudience): string {
    const fields = packLocation(location);
    const id = this.#checks(fields, audience);
    const mask = this.#mask.of(id);
    for (const [index, place] of LOCATION_PLACES.entries()) id[place] = at(fields, index) ^ at(mask, index);
    id[6] = at(id, 6) | 0x80;
    id[8] = at(id, 8) | 0x80;
    const hex = id.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /**
   * Finds the key that `keyId` names for `audience`. QKD_KEYSTORE_UNKNOWN_KEY when this link never made such an ID,
   * QKD_KEYSTORE_FORBIDDEN when it was made for other SAEs.
   */
  decode(keyId: string, audience: KeyAudience): KeyLocation {
    const text = keyId.toLowerCase();
    if (!UUID.test(text)) throw unknownKey(keyId);
    const id = Buffer.from(text.replaceAll("-", ""), "hex");
    const masked = LOCATION_PLACES.map((place) => at(id, place));
    for (const place of LOCATION_PLACES) id[place] = 0;
    id[6] = at(id, 6) & 0x0f;
    id[8] = at(id, 8) & 0x3f;
    const mask = this.#mask.of(id);
    const fields = Buffer.from(masked.map((byte, index) => byte ^ at(mask, index)));
    const expected = this.#checks(fields, audience);
    if (expected[6] !== id[6] || expected[8] !== id[8] || expected[11] !== id[11]) throw unknownKey(keyId);
    if (expected.readUInt32BE(12) !== id.readUInt32BE(12)) {
      throw new KeyStoreError("QKD_KEYSTORE_FORBIDDEN", "the key was made for other SAEs", {
        context: { keyId: text },
      });
    }
    return unpackLocation(fields);
  }

  /** An ID with its checks alone: 18 bits in bytes 6, 8 and 11, 32 bits in bytes 12 to 15. */
  #checks(fields: Uint8Array, audience: KeyAudience): Buffer {
    const id = Buffer.alloc(BLOCK_BYTES);
    const check = this.#check.of(fields);
    id[6] = at(check, 0) & 0x0f;
    id[8] = at(check, 1) & 0x3f;
    id[11] = at(check, 2);
    id.set(this.#audience(audience).of(fields).subarray(0, 4), 12);
    return id;
  }

  #audience({ master, slave }: KeyAudience): Prf {
    const name = JSON.stringify([master, slave]);
    let prf = this.#audiences.get(name);
    if (prf === undefined) {
      prf = new Prf(createHmac("sha256", this.#audienceKey).update(name).digest());
      if (this.#audiences.size >= REMEMBERED_AUDIENCES) this.#audiences.clear();
      this.#audiences.set(name, prf);
    }
    return prf;
  }
}

/** One AES-256 block call; the cipher object is kept because making one costs more than the block. */
class Prf {
  readonly #cipher: Cipheriv;

  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  }

  /** Image of up to 16 bytes, zero-padded. All callers of one key pass equal lengths. */
  of(input: Uint8Array): Buffer {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.set(input);
    return this.#cipher.update(block);
  }
}

/** The error for an ID that names no key which can be fetched here. */
export function unknownKey(keyId: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNKNOWN_KEY", "no such key can be fetched here", {
    context: { keyId: keyId.slice(0, 64) },
  });
}

function packLocation({ origin, sequence, offset, length }: KeyLocation): Buffer {
  const fields = Buffer.alloc(LOCATION_BYTES);
  fields.writeUInt32BE(sequence, 0);
  fields.writeUIntBE(ORIGINS.indexOf(origin) * 2 ** 38 + offset * 2 ** 13 + (length - 1), 4, 5);
  return fields;
}

function unpackLocation(fields: Buffer): KeyLocation {
  const rest = fields.readUIntBE(4, 5);
  return {
    sequence: fields.readUInt32BE(0),
    origin: ORIGINS[Math.floor(rest / 2 ** 38)] ?? "qkd",
    offset: Math.floor(rest / 2 ** 13) % 2 ** 25,
    length: (rest % 2 ** 13) + 1,
  };
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
