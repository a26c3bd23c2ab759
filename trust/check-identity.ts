import { createPrivateKey, type KeyObject } from "node:crypto";
import { credentialFault, holdsInstead } from "./credential-fault.ts";
import { type Pem, pemBlocks } from "./pem-blocks.ts";
import { readCertificates } from "./read-certificates.ts";

/** A certificate with its private key, each with the name that errors call it by. */
export interface NamedIdentity {
  readonly certificate: Pem | undefined | null;
  readonly certificateName: string;
  readonly privateKey: Pem | undefined | null;
  readonly privateKeyName: string;
}

/**
 * Checks a certificate with the private key that has to belong to it. ConfigError QKD_CONFIG_INVALID naming the one that
 * is missing, cannot be read or does not fit.
 */
export function checkIdentity(identity: NamedIdentity): void {
  const { certificate, certificateName, privateKey, privateKeyName } = identity;
  const [own] = readCertificates(certificate, certificateName);
  if (own?.checkPrivateKey(readPrivateKey(privateKey, privateKeyName)) !== true)
    throw credentialFault(
      privateKeyName,
      `the private key does not belong to the certificate in ${certificateName}`,
      "name the private key that this certificate was made for",
    );
}

function readPrivateKey(pem: Pem | undefined | null, name: string): KeyObject {
  const block = pemBlocks(pem ?? "").find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined)
    throw credentialFault(name, holdsInstead(pem, "private key"), "name a PEM file with a private key");
  try {
    return createPrivateKey(block.text);
  } catch (cause) {
    throw credentialFault(
      name,
      "the private key is damaged or locked by a passphrase",
      "name an unencrypted private key in PEM, in a file of mode 0600",
      cause,
    );
  }
}
