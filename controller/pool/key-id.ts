import { createHmac, timingSafeEqual } from "node:crypto";
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
const CHECK_BITS = 18n;
const AUDIENCE_BITS = 32n;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * Names keys by UUIDs (version 8, RFC 9562) that both sites compute alike, without a message and without a table.
 *
 * The 122 free bits are a synthetic-IV encryption under a key from the pre-placed secret: 72 bits of location (origin
 * 2, block sequence 32, offset 25, length 13), an 18-bit check of the location and a 32-bit check of location and
 * audience. An ID that was not made with the link's key fails the first check; a true ID in the hands of another SAE
 * fails the second. IDs show nothing of order or use to an outsider.
 */
export class KeyIds {
  readonly #checkKey: Uint8Array;
  readonly #audienceKey: Uint8Array;
  readonly #maskKey: Uint8Array;

  constructor(linkKey: Uint8Array) {
    this.#checkKey = deriveKey(linkKey, "key id check");
    this.#audienceKey = deriveKey(linkKey, "key id audience");
    this.#maskKey = deriveKey(linkKey, "key id mask");
  }

  /** The ID of the key at `location` for `audience`. */
  encode(location: KeyLocation, audience: KeyAudience): string {
    const fields = packLocation(location);
    const tag = (this.#check(fields) << AUDIENCE_BITS) | this.#audience(fields, audience);
    return formatUuid((tag << 72n) | (toBigInt(fields) ^ this.#mask(tag)));
  }

  /**
   * Finds the key that `keyId` names for `audience`. QKD_KEYSTORE_UNKNOWN_KEY when this link never made such an ID,
   * QKD_KEYSTORE_FORBIDDEN when it was made for other SAEs.
   */
  decode(keyId: string, audience: KeyAudience): KeyLocation {
    const value = parseUuid(keyId);
    const tag = value >> 72n;
    const fields = fromBigInt((value & ((1n << 72n) - 1n)) ^ this.#mask(tag));
    if (!equal(tag >> AUDIENCE_BITS, this.#check(fields))) throw unknownKey(keyId);
    if (!equal(tag & ((1n << AUDIENCE_BITS) - 1n), this.#audience(fields, audience))) {
      throw new KeyStoreError("QKD_KEYSTORE_FORBIDDEN", "the key was made for other SAEs", {
        context: { keyId },
      });
    }
    return unpackLocation(fields);
  }

  #check(fields: Uint8Array): bigint {
    return topBits(createHmac("sha256", this.#checkKey).update(fields).digest(), CHECK_BITS);
  }

  #audience(fields: Uint8Array, { master, slave }: KeyAudience): bigint {
    const text = JSON.stringify([master, slave]);
    return topBits(
      createHmac("sha256", this.#audienceKey).update(fields).update(text).digest(),
      AUDIENCE_BITS,
    );
  }

  #mask(tag: bigint): bigint {
    return topBits(createHmac("sha256", this.#maskKey).update(tag.toString(16)).digest(), 72n);
  }
}

/** The error for an ID that names no key which can be fetched here. */
export function unknownKey(keyId: string): KeyStoreError {
  return new KeyStoreError("QKD_KEYSTORE_UNKNOWN_KEY", "no such key can be fetched here", {
    context: { keyId: keyId.slice(0, 64) },
  });
}

function packLocation({ origin, sequence, offset, length }: KeyLocation): Uint8Array {
  const bits =
    (BigInt(ORIGINS.indexOf(origin)) << 70n) |
    (BigInt(sequence) << 38n) |
    (BigInt(offset) << 13n) |
    BigInt(length - 1);
  return fromBigInt(bits);
}

function unpackLocation(fields: Uint8Array): KeyLocation {
  const bits = toBigInt(fields);
  return {
    origin: ORIGINS[Number(bits >> 70n)] ?? "qkd",
    sequence: Number((bits >> 38n) & 0xffff_ffffn),
    offset: Number((bits >> 13n) & 0x1ff_ffffn),
    length: Number(bits & 0x1fffn) + 1,
  };
}

function formatUuid(value: bigint): string {
  const high = value >> 74n;
  const middle = (value >> 62n) & 0xfffn;
  const low = value & ((1n << 62n) - 1n);
  const all = (high << 80n) | (0x8n << 76n) | (middle << 64n) | (0b10n << 62n) | low;
  const hex = all.toString(16).padStart(32, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function parseUuid(keyId: string): bigint {
  const text = keyId.toLowerCase();
  if (!UUID.test(text)) throw unknownKey(keyId);
  const all = BigInt(`0x${text.replaceAll("-", "")}`);
  return ((all >> 80n) << 74n) | (((all >> 64n) & 0xfffn) << 62n) | (all & ((1n << 62n) - 1n));
}

function topBits(bytes: Uint8Array, bits: bigint): bigint {
  const wide = BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString("hex")}`);
  return wide >> (128n - bits);
}

function toBigInt(fields: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(fields).toString("hex")}`);
}

function fromBigInt(bits: bigint): Uint8Array {
  return Buffer.from(bits.toString(16).padStart(LOCATION_BYTES * 2, "0"), "hex");
}

function equal(left: bigint, right: bigint): boolean {
  const bytes = (value: bigint) => Buffer.from(value.toString(16).padStart(8, "0"), "hex");
  return timingSafeEqual(bytes(left), bytes(right));
}
