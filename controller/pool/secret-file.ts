import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { fileReason, KeyStoreError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { SecretBytes } from "../../protocol/index.ts";

/** Length of the key file that wraps the data keys of a store. */
export const KEY_FILE_BYTES = 32;

/** No secret is near as long. */
const MOST_BYTES = 2 ** 24;
const A_FILE = "the path of a file";

/**
 * Creates a file of random bytes that only its owner may read (mode 0600), on disk before it returns: the key file of
 * a store. The secret that is carried to both sites has a header: `createLinkSecretFile`.
 * Throws QKD_KEYSTORE_CONFLICT when the file exists: a key is never overwritten.
 */
export function createKeyFile(path: string, bytes: number = KEY_FILE_BYTES): void {
  checkArgument("bytes", bytes, rule.whole(1, MOST_BYTES));
  const secret = randomBytes(bytes);
  try {
    createSecretFile(path, secret);
  } finally {
    secret.fill(0);
  }
}

/**
 * Writes secret bytes to a new file that only its owner may read, on disk before it returns.
 * Throws QKD_KEYSTORE_CONFLICT when the file exists, QKD_KEYSTORE_UNREADABLE or _FULL when it cannot be written.
 */
export function createSecretFile(path: string, secret: Uint8Array): void {
  checkArgument("path", path, rule.text(A_FILE));
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === "EEXIST";
    throw new KeyStoreError(
      exists ? "QKD_KEYSTORE_CONFLICT" : "QKD_KEYSTORE_UNREADABLE",
      exists ? `the file ${path} exists already` : `the file ${path} cannot be created: ${fileReason(cause)}`,
      {
        context: { path },
        cause,
        remedy: exists
          ? "use the existing file, or move it away"
          : "name a file in a folder that exists and that this user may write",
      },
    );
  }
  try {
    for (let done = 0; done < secret.length; ) done += writeSync(file, secret, done);
    fsyncSync(file);
  } catch (cause) {
    // What is there of it is no secret, and would keep the next attempt from making one.
    rmSync(path, { force: true });
    throw new KeyStoreError("QKD_KEYSTORE_FULL", `the file ${path} cannot be written: ${fileReason(cause)}`, {
      context: { path },
      cause,
      remedy: "free space where it lies, or name a file elsewhere",
    });
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a secret file. Refuses, with QKD_KEYSTORE_UNREADABLE, a file that others than its owner may touch, that
 * belongs to another user, or that is shorter than `minBytes` or longer than `maxBytes`.
 */
export function readSecretFile(path: string, minBytes: number, maxBytes: number = minBytes): SecretBytes {
  checkArgument("path", path, rule.text(A_FILE));
  checkArgument("minBytes", minBytes, rule.number(0, Number.MAX_SAFE_INTEGER));
  checkArgument("maxBytes", maxBytes, rule.number(minBytes, Number.MAX_SAFE_INTEGER));
  const refuse = (sentence: string, remedy: string, cause?: unknown) =>
    new KeyStoreError("QKD_KEYSTORE_UNREADABLE", sentence, { context: { path }, remedy, cause });
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw refuse(`the file ${path} cannot be opened: ${fileReason(cause)}`, remedyOf(cause), cause);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw refuse(`the file ${path} is not a regular file`, "name a regular file");
    if ((stat.mode & 0o077) !== 0) throw refuse(`others may read the file ${path}`, `run chmod 600 ${path}`);
    const uid = process.getuid?.();
    if (uid !== undefined && uid !== 0 && stat.uid !== uid) {
      throw refuse(`the file ${path} belongs to another user`, `run chown ${uid} ${path}`);
    }
    if (stat.size < minBytes || stat.size > maxBytes) {
      const wanted = minBytes === maxBytes ? `${minBytes}` : `${minBytes} to ${maxBytes}`;
      throw refuse(`the file ${path} holds ${stat.size} bytes, not ${wanted}`, "restore the original file");
    }
    return new SecretBytes(new Uint8Array(readFileSync(file)));
  } finally {
    closeSync(file);
  }
}

function remedyOf(cause: unknown): string {
  const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
  return missing ? "create the file, or correct its path" : "let this user read it, or correct its path";
}
