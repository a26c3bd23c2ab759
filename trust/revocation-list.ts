import type { X509Certificate } from "node:crypto";
import { credentialFault, holdsInstead } from "./credential-fault.ts";
import { DER, type DerElement, derElements } from "./der.ts";
import { type Pem, pemBlocks } from "./pem-blocks.ts";

/**
 * Certificates that their authorities took back, by issuer and serial number. That the lists are signed by the
 * authority and still current is checked by TLS at each handshake; here they are asked again about certificates whose
 * handshake is past.
 */
export class Revocations {
  readonly #revoked: ReadonlySet<string>;

  constructor(revoked: ReadonlySet<string>) {
    this.#revoked = revoked;
  }

  /** True for a certificate that a list names. */
  revokes(certificate: X509Certificate): boolean {
    if (this.#revoked.size === 0) return false;
    const [serial, issuer] = certificateName(certificate.raw);
    return this.#revoked.has(entry(issuer, serial));
  }
}

/** Nothing is revoked. */
export const NO_REVOCATIONS = new Revocations(new Set());

/**
 * The revocation lists of a PEM text, one at least. ConfigError QKD_CONFIG_INVALID naming `name` for a text without one,
 * which would revoke nothing, and for one that cannot be read.
 */
export function readRevocations(pem: Pem | undefined | null, name: string): Revocations {
  const lists = pemBlocks(pem ?? "").filter(({ label }) => label === "X509 CRL");
  if (lists.length === 0)
    throw credentialFault(
      name,
      holdsInstead(pem, "revocation list"),
      "name a PEM file with the revocation list of the authority, which may name no certificate",
    );
  try {
    return new Revocations(new Set(lists.flatMap(({ text }) => revokedOf(bytesOf(text)))));
  } catch (cause) {
    throw credentialFault(name, "the revocation list is damaged", "copy the list anew, in PEM", cause);
  }
}

/** Each list of a PEM text alone: TLS reads one from a text and passes over the rest. */
export function revocationLists(pem: Pem): string[] {
  return pemBlocks(pem).flatMap(({ label, text }) => (label === "X509 CRL" ? [text] : []));
}

function bytesOf(block: string): Uint8Array {
  return Buffer.from(block.replace(/-----[^-]+-----/g, ""), "base64");
}

/** TBSCertList of RFC 5280, 5.1: [version], signature, issuer, thisUpdate, [nextUpdate], [revokedCertificates], … */
function revokedOf(list: Uint8Array): string[] {
  const parts = [...inner(inner(derElements(list)[0])[0])];
  if (parts[0]?.tag === DER.integer) parts.shift();
  const [, issuer, thisUpdate, next, later] = parts;
  if (issuer?.tag !== DER.sequence || !isTime(thisUpdate)) throw new RangeError("not a revocation list");
  const revoked = isTime(next) ? later : next;
  if (revoked?.tag !== DER.sequence) return [];
  return inner(revoked).map((each) => {
    const [serial] = inner(each);
    if (serial?.tag !== DER.integer) throw new RangeError("an entry without a serial number");
    return entry(issuer.whole, serial.content);
  });
}

/** Serial number and issuer of a certificate: TBSCertificate of RFC 5280, 4.1. */
function certificateName(certificate: Uint8Array): readonly [serial: Uint8Array, issuer: Uint8Array] {
  const parts = [...inner(inner(derElements(certificate)[0])[0])];
  if (parts[0]?.tag === 0xa0) parts.shift();
  const [serial, , issuer] = parts;
  if (serial === undefined || issuer === undefined) throw new RangeError("not a certificate");
  return [serial.content, issuer.whole];
}

function inner(element: DerElement | undefined): readonly DerElement[] {
  if (element?.tag !== DER.sequence) throw new RangeError("not a sequence");
  return derElements(element.content);
}

function isTime(element: DerElement | undefined): boolean {
  return element?.tag === DER.utcTime || element?.tag === DER.generalizedTime;
}

function entry(issuer: Uint8Array, serial: Uint8Array): string {
  return `${Buffer.from(issuer).toString("hex")} ${Buffer.from(serial).toString("hex")}`;
}
