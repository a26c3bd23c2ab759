import { ReportError } from "../../errors/index.ts";
import type { Signer } from "../report.ts";

/** A signer whose key somebody vouched for, by putting it into the file. */
export interface TrustedSigner {
  readonly publicKey: string;
  readonly name: string;
}

const LINE = /^ed25519 ([0-9a-f]{64}) (\S.*)$/;

/** Reads a trust file: lines `ed25519 PUBLICKEY NAME`, as `report keygen` writes them; `#` begins a comment. */
export function readTrustList(text: string): readonly TrustedSigner[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"))
    .map(({ line, number }) => {
      const [, publicKey, name] = LINE.exec(line) ?? [];
      if (publicKey === undefined || name === undefined)
        throw new ReportError(
          "QKD_REPORT_KEY",
          `line ${number} of the trust file is not "ed25519 PUBLICKEY NAME"`,
          {
            context: { line: number },
          },
        );
      return { publicKey, name };
    });
}

/** The line of a public key in a trust file. */
export const trustLine = ({ publicKey, name }: TrustedSigner): string => `ed25519 ${publicKey} ${name}\n`;

/** The signers that the list does not vouch for. */
export function unknownSigners(
  signers: readonly Signer[],
  trusted: readonly TrustedSigner[],
): readonly Signer[] {
  return signers.filter(({ publicKey }) => !trusted.some((one) => one.publicKey === publicKey));
}
