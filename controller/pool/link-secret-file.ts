import { randomBytes } from "node:crypto";
import { ConfigError, KeyStoreError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { SECRET_ID_BYTES, SecretBytes } from "../../protocol/index.ts";
import {
  MAX_PRE_PLACED_SECRET_BYTES,
  MIN_PRE_PLACED_SECRET_BYTES,
  PRE_PLACED_SECRET_BYTES,
  secretId,
} from "./link-secret.ts";
import { createSecretFile, readSecretFile } from "./secret-file.ts";

/** Letters that every file of a pre-placed secret begins with. */
const MAGIC = "QKDS";
/** Version 1 was the bare secret, without a header. */
const VERSION = 2;
/** Magic, version, public id; the secret follows: link key, pads Alice to Bob, pads Bob to Alice. */
const HEADER_BYTES = MAGIC.length + 2 + SECRET_ID_BYTES;

const ANEW = "make a new one with: qkdlink secret --out FILE, and place it at both sites";

/** Draws a pre-placed secret of `bytes` bytes and gives it with its header, as it stands in a file. */
export function newLinkSecretFile(bytes: number = PRE_PLACED_SECRET_BYTES): SecretBytes {
  checkArgument("bytes", bytes, rule.anyNumber);
  if (!(bytes >= MIN_PRE_PLACED_SECRET_BYTES && bytes <= MAX_PRE_PLACED_SECRET_BYTES && bytes % 2 === 0))
    throw new ConfigError(
      "QKD_CONFIG_INVALID",
      `a pre-placed secret has an even number of bytes from ${MIN_PRE_PLACED_SECRET_BYTES} to ${MAX_PRE_PLACED_SECRET_BYTES}`,
      { context: { bytes } },
    );
  const whole = new Uint8Array(HEADER_BYTES + bytes);
  whole.set(new TextEncoder().encode(MAGIC));
  whole[MAGIC.length + 1] = VERSION;
  const secret = whole.subarray(HEADER_BYTES);
  const random = randomBytes(bytes);
  secret.set(random);
  random.fill(0);
  whole.set(secretId(secret), MAGIC.length + 2);
  return new SecretBytes(whole);
}

/**
 * Creates the file of a new pre-placed secret, mode 0600; the same file is to be carried to both sites.
 * Throws QKD_KEYSTORE_CONFLICT when it exists.
 */
export function createLinkSecretFile(path: string, bytes: number = PRE_PLACED_SECRET_BYTES): void {
  const whole = newLinkSecretFile(bytes);
  try {
    createSecretFile(path, whole.reveal());
  } finally {
    whole.wipe();
  }
}

/**
 * Reads the file of a pre-placed secret: the secret without its header. QKD_KEYSTORE_UNREADABLE for a file that
 * `readSecretFile` refuses, one of another version, and one whose id does not fit what it holds.
 */
export function readLinkSecretFile(path: string): SecretBytes {
  // The bare secret of version 1 may be shorter by the header, and is to be named as what it is.
  const whole = readSecretFile(path, MIN_PRE_PLACED_SECRET_BYTES, HEADER_BYTES + MAX_PRE_PLACED_SECRET_BYTES);
  try {
    const bytes = whole.reveal();
    const refuse = (sentence: string, remedy: string) =>
      new KeyStoreError("QKD_KEYSTORE_UNREADABLE", sentence, { context: { path }, remedy });
    if (![...MAGIC].every((letter, index) => bytes[index] === letter.charCodeAt(0)))
      throw refuse(`the secret file ${path} is of version 1, without a header, or no secret file`, ANEW);
    const version = ((bytes[MAGIC.length] as number) << 8) | (bytes[MAGIC.length + 1] as number);
    if (version !== VERSION)
      throw refuse(`the secret file ${path} is of version ${version}, this program reads ${VERSION}`, ANEW);
    const secret = bytes.subarray(HEADER_BYTES);
    if (secret.length < MIN_PRE_PLACED_SECRET_BYTES || secret.length % 2 !== 0)
      throw refuse(`the secret file ${path} is cut short`, "carry the original file to this site again");
    const id = bytes.subarray(MAGIC.length + 2, HEADER_BYTES);
    if (!secretId(secret).every((byte, index) => id[index] === byte))
      throw refuse(`the secret file ${path} is damaged`, "carry the original file to this site again");
    return new SecretBytes(secret.slice());
  } finally {
    whole.wipe();
  }
}
