import { createHash, createPublicKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";

/** True when a proof is the expected one. */
export function proofHolds(expected: Uint8Array, seen: Uint8Array): boolean {
  return seen.length === expected.length && timingSafeEqual(expected, seen);
}

/** The raw bytes of public keys of one algorithm, which DER of SubjectPublicKeyInfo begins with the same `prefix`. */
export class RawPublicKeys {
  readonly #prefix: Buffer;

  constructor(prefixHex: string) {
    this.#prefix = Buffer.from(prefixHex, "hex");
  }

  /** The raw bytes of a key. */
  of(key: KeyObject): Uint8Array {
    return new Uint8Array(key.export({ type: "spki", format: "der" }).subarray(this.#prefix.length));
  }

  /** The key of raw bytes. Throws what OpenSSL throws where they are none. */
  read(raw: Uint8Array): KeyObject {
    return createPublicKey({ key: Buffer.concat([this.#prefix, raw]), format: "der", type: "spki" });
  }
}

/** What keys of an exchange are derived from. */
export interface DerivedFrom {
  readonly hash: "sha384" | "sha512";
  readonly secret: Uint8Array;
  readonly salt: Uint8Array;
  /** What both sites said: a JSON text, whose hash behind a label is the info. */
  readonly transcript: string;
}

/** HKDF (RFC 5869) of one secret: keys of any labels and lengths. */
export function deriver({ hash, secret, salt, transcript }: DerivedFrom) {
  return (label: string, bytes: number): Uint8Array => {
    const info = createHash(hash)
      .update(label + transcript)
      .digest();
    return new Uint8Array(hkdfSync(hash, secret, salt, info, bytes));
  };
}
