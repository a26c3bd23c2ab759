import { generateKeyPairSync } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import type { Signing } from "../../commissioning/index.ts";
import { ConfigError, fileReason, ReportError } from "../../errors/index.ts";
import { readTrustList, type SigningKey, signingKeyOf, trustLine } from "../../report/index.ts";

/** Reads a signing key's file. Throws ReportError QKD_REPORT_KEY, ConfigError QKD_CONFIG_UNREADABLE. */
export function readSigningKey(path: string): SigningKey {
  return signingKeyOf(readText(path));
}

/** The keys that a report is to be signed with; a witness's `.pub` file means that the witness signs later. */
export function signingOf(operatorFile: string | undefined, witnessFile: string | undefined): Signing {
  return {
    ...(operatorFile === undefined ? {} : { operator: readSigningKey(operatorFile) }),
    ...(witnessFile === undefined ? {} : { witness: witnessOf(witnessFile) }),
  };
}

function witnessOf(path: string): NonNullable<Signing["witness"]> {
  const text = readText(path);
  if (text.includes("PRIVATE KEY")) {
    const key = signingKeyOf(text);
    return { publicKey: key.publicKey, key };
  }
  const [only, ...more] = readTrustList(text);
  if (only === undefined || more.length > 0)
    throw new ReportError("QKD_REPORT_KEY", `${path} does not hold exactly one public key`);
  return { publicKey: only.publicKey };
}

/**
 * Makes a signing key: `NAME.key`, readable by its owner alone, and `NAME.pub`, a line for trust files. Neither is
 * written over.
 */
export function makeSigningKey(
  path: string,
  name: string,
): { readonly key: string; readonly pub: string; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const { publicKey } = signingKeyOf(pem);
  const [key, pub] = [`${path}.key`, `${path}.pub`];
  writeNew(key, pem, 0o600);
  try {
    writeNew(pub, trustLine({ publicKey, name }), 0o644);
  } catch (error) {
    rmSync(key, { force: true });
    throw error;
  }
  return { key, pub, publicKey };
}

function writeNew(path: string, text: string, mode: number): void {
  let file: number;
  try {
    file = openSync(path, "wx", mode);
  } catch (cause) {
    const there = (cause as NodeJS.ErrnoException).code === "EEXIST";
    throw new ConfigError(
      "QKD_OUTPUT_WRITE",
      `${path} ${there ? "is there already" : `cannot be written: ${fileReason(cause)}`}`,
      {
        cause,
        context: { path },
        ...(there ? { remedy: "give another name; a key is never written over" } : {}),
      },
    );
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } catch (cause) {
    rmSync(path, { force: true });
    throw new ConfigError("QKD_OUTPUT_WRITE", `${path} cannot be written: ${fileReason(cause)}`, {
      cause,
      context: { path },
    });
  } finally {
    closeSync(file);
  }
}

/** A file of keys. What it holds is never repeated in an error. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${path} cannot be read: ${fileReason(cause)}`, {
      cause,
      context: { path },
      remedy: "check that the file exists and is readable",
    });
  }
}
