import { sign, verify } from "node:crypto";
import { ReportError } from "../../errors/index.ts";
import type { Signer } from "../report.ts";
import { publicKeyOf, type SigningKey } from "./signing-key.ts";

/** One signature of `report.sig`. */
export interface Signature {
  readonly role: Signer["role"];
  readonly publicKey: string;
  /** Ed25519 signature in hexadecimal. */
  readonly signature: string;
}

/**
 * What is signed: a line that says what this is, a line with the role, so that an operator's signature cannot be passed
 * off as a witness's, and the manifest.
 */
const signedText = (role: Signer["role"], manifest: string): Buffer =>
  Buffer.from(`qkdlink-report/1\n${role}\n${manifest}`, "utf8");

/** Signs a manifest. Ed25519 (RFC 8032) draws nothing at random: equal reports have equal signatures. */
export function signManifest(
  role: Signer["role"],
  { key, publicKey }: SigningKey,
  manifest: string,
): Signature {
  return { role, publicKey, signature: sign(null, signedText(role, manifest), key).toString("hex") };
}

/** The text of `report.sig`: one set of signatures has one text. */
export function signatureText(signatures: readonly Signature[]): string {
  const members = [...signatures]
    .sort((a, b) => (a.role < b.role ? -1 : 1))
    .map(({ role, publicKey, signature }) => ({ role, publicKey, signature }));
  return `${JSON.stringify(members, null, 1)}\n`;
}

/** Reads `report.sig`. Only the one form that `signatureText` writes is taken. Throws ReportError QKD_REPORT_SIGNATURE. */
export function readSignatures(text: string): readonly Signature[] {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {}
  if (
    !Array.isArray(members) ||
    members.length > 2 ||
    !members.every(isSignature) ||
    signatureText(members) !== text
  )
    throw new ReportError("QKD_REPORT_SIGNATURE", "report.sig was changed: it is no list of signatures");
  return members;
}

function isSignature(value: unknown): value is Signature {
  if (typeof value !== "object" || value === null) return false;
  const { role, publicKey, signature } = value as Record<string, unknown>;
  return (
    (role === "operator" || role === "witness") &&
    typeof publicKey === "string" &&
    typeof signature === "string" &&
    /^[0-9a-f]{64}$/.test(publicKey) &&
    /^[0-9a-f]{128}$/.test(signature)
  );
}

/**
 * Holds the signatures against the manifest and against who was to sign.
 * @throws ReportError QKD_REPORT_SIGNATURE for a signature that is wrong, missing, doubled or by somebody else.
 */
export function verifySignatures(
  signatures: readonly Signature[],
  signers: readonly Signer[],
  manifest: string,
): void {
  for (const { role, name, publicKey } of signers) {
    const own = signatures.filter((one) => one.role === role);
    const [signature] = own;
    if (signature === undefined || own.length > 1)
      throw new ReportError("QKD_REPORT_SIGNATURE", `the signature of the ${role}, ${name}, is missing`);
    if (signature.publicKey !== publicKey)
      throw new ReportError(
        "QKD_REPORT_SIGNATURE",
        `the signature of the ${role} is by another key than the report names`,
      );
    const right = verify(
      null,
      signedText(role, manifest),
      publicKeyOf(publicKey),
      Buffer.from(signature.signature, "hex"),
    );
    if (!right)
      throw new ReportError(
        "QKD_REPORT_SIGNATURE",
        `the signature of the ${role}, ${name}, is not over this report`,
      );
  }
  const beside = signatures.find(({ role }) => !signers.some((signer) => signer.role === role));
  if (beside !== undefined)
    throw new ReportError("QKD_REPORT_SIGNATURE", `the report names no ${beside.role}, but one has signed`);
}
