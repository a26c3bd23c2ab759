import { X509Certificate } from "node:crypto";
import { credentialFault, holdsInstead } from "./credential-fault.ts";
import { type Pem, pemBlocks } from "./pem-blocks.ts";

const LABELS: readonly string[] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/**
 * The certificates of a PEM text in order, one at least. ConfigError QKD_CONFIG_INVALID naming `name` for a text without a
 * certificate, which TLS would take as "any public authority", and for one that cannot be read.
 */
export function readCertificates(pem: Pem | undefined | null, name: string): readonly X509Certificate[] {
  const blocks = pemBlocks(pem ?? "").filter(({ label }) => LABELS.includes(label));
  if (blocks.length === 0)
    throw credentialFault(name, holdsInstead(pem, "certificate"), "name a PEM file with a certificate");
  return blocks.map(({ text }, index) => {
    try {
      return new X509Certificate(text);
    } catch (cause) {
      const which = blocks.length === 1 ? "the certificate" : `certificate ${index + 1}`;
      throw credentialFault(name, `${which} is damaged`, "copy the certificate anew, in PEM", cause);
    }
  });
}
