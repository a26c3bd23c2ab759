import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { ReportError } from "../../errors/index.ts";

/** The fixed beginning of an Ed25519 public key in SubjectPublicKeyInfo form. RFC 8410, section 4. */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");
const PUBLIC_KEY_BYTES = 32;

/** A key that signs reports. Prints without its private half. */
export interface SigningKey {
  readonly key: KeyObject;
  /** Raw public key in hexadecimal. */
  readonly publicKey: string;
}

/**
 * The signing key of a PEM file.
 * @throws ReportError QKD_REPORT_KEY for anything but an unencrypted Ed25519 private key.
 */
export function signingKeyOf(pem: string): SigningKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The reader's own words may quote the file, which is secret.
    throw new ReportError("QKD_REPORT_KEY", "the key file holds no private key in PEM form");
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw new ReportError(
      "QKD_REPORT_KEY",
      `the key file holds a key for ${key.asymmetricKeyType}, not for Ed25519`,
    );
  return { key, publicKey: rawPublicKey(createPublicKey(key)) };
}

/** The 32 bytes of an Ed25519 public key in hexadecimal. */
function rawPublicKey(key: KeyObject): string {
  return key.export({ type: "spki", format: "der" }).subarray(SPKI_HEAD.length).toString("hex");
}

/** The public key of its 32 bytes in hexadecimal. Throws ReportError QKD_REPORT_KEY. */
export function publicKeyOf(hex: string): KeyObject {
  const raw = Buffer.from(hex, "hex");
  if (raw.length !== PUBLIC_KEY_BYTES || raw.toString("hex") !== hex)
    throw new ReportError("QKD_REPORT_KEY", "an Ed25519 public key is 64 hexadecimal digits in lower case");
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), type: "spki", format: "der" });
}
