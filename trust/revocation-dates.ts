import type { X509Certificate } from "node:crypto";
import { credentialFault } from "./credential-fault.ts";
import { DER, type DerElement, derElements } from "./der.ts";
import { type Pem, pemBlocks } from "./pem-blocks.ts";

/** What a revocation list says of itself. */
export interface RevocationDates {
  readonly thisUpdateMs: number;
  /** When TLS takes the list no more; null for one without end. */
  readonly nextUpdateMs: number | null;
  /** True for the authority whose list it is, by name. */
  readonly isOf: (authority: X509Certificate) => boolean;
}

/** The lists of a PEM text in order. ConfigError QKD_CONFIG_INVALID naming `name` for one that is damaged. */
export function revocationDates(pem: Pem, name: string): readonly RevocationDates[] {
  const lists = pemBlocks(pem).filter(({ label }) => label === "X509 CRL");
  try {
    return lists.map(({ text }) => datesOf(Buffer.from(text.replace(/-----[^-]+-----/g, ""), "base64")));
  } catch (cause) {
    throw credentialFault(name, "the revocation list is damaged", "copy the list anew, in PEM", cause);
  }
}

/** TBSCertList of RFC 5280, 5.1. */
function datesOf(list: Uint8Array): RevocationDates {
  const parts = [...inner(inner(derElements(list)[0])[0])];
  if (parts[0]?.tag === DER.integer) parts.shift();
  const [, issuer, thisUpdate, next] = parts;
  const nextUpdateMs = next !== undefined && isTime(next) ? timeOf(next) : null;
  return {
    thisUpdateMs: timeOf(thisUpdate),
    nextUpdateMs,
    isOf: (authority) => issuer !== undefined && Buffer.compare(subjectOf(authority.raw), issuer.whole) === 0,
  };
}

/** TBSCertificate of RFC 5280, 4.1: [version], serialNumber, signature, issuer, validity, subject, … */
function subjectOf(certificate: Uint8Array): Uint8Array {
  const parts = [...inner(inner(derElements(certificate)[0])[0])];
  if (parts[0]?.tag === 0xa0) parts.shift();
  return parts[4]?.whole ?? new Uint8Array();
}

function inner(element: DerElement | undefined): readonly DerElement[] {
  if (element?.tag !== DER.sequence) throw new RangeError("not a sequence");
  return derElements(element.content);
}

function isTime({ tag }: DerElement): boolean {
  return tag === DER.utcTime || tag === DER.generalizedTime;
}

/** UTCTime of two digits means 1950 to 2049 (RFC 5280, 4.1.2.5.1). */
function timeOf(element: DerElement | undefined): number {
  const text = Buffer.from(element?.content ?? []).toString("latin1");
  const digits =
    element?.tag === DER.utcTime ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (parts === null) throw new RangeError("not a time");
  const [year = 0, month = 1, ...others] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...(others as [number, number, number, number]));
}
