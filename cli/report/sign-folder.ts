import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, fileReason, ReportError } from "../../errors/index.ts";
import {
  MANIFEST_FILE,
  type Report,
  readSignatures,
  SIGNATURE_FILE,
  type Signature,
  type SigningKey,
  signatureText,
  signManifest,
  verifySignatures,
} from "../../report/index.ts";
import { readFinishedReport } from "./finished-report.ts";

/**
 * Adds the signature of somebody whom the report names as a signer: a witness with a key of their own, on another
 * machine. The report itself is not touched.
 * @throws ReportError QKD_REPORT_KEY for a key that the report does not name.
 */
export function signFolder(
  folder: string,
  key: SigningKey,
): { readonly report: Report; readonly role: string } {
  const report = readFinishedReport(folder);
  const signer = report.signers.find(({ publicKey }) => publicKey === key.publicKey);
  if (signer === undefined)
    throw new ReportError("QKD_REPORT_KEY", "the report names no signer with this key", {
      remedy: "give the signer's .pub file to commission by --witness-key, then sign",
    });
  const manifest = readFileSync(join(folder, MANIFEST_FILE), "utf8");
  const signatures: readonly Signature[] = [
    ...readSignatures(readFileSync(join(folder, SIGNATURE_FILE), "utf8")).filter(
      ({ role }) => role !== signer.role,
    ),
    signManifest(signer.role, key, manifest),
  ];
  verifySignatures(
    signatures,
    report.signers.filter(({ role }) => signatures.some((one) => one.role === role)),
    manifest,
  );
  const path = join(folder, SIGNATURE_FILE);
  try {
    writeFileSync(path, signatureText(signatures));
  } catch (cause) {
    throw new ConfigError("QKD_OUTPUT_WRITE", `${path} cannot be written: ${fileReason(cause)}`, {
      cause,
      context: { path },
    });
  }
  return { report, role: signer.role };
}
