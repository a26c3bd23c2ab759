import type { X509Certificate } from "node:crypto";

/** The names that a certificate carries. */
export interface CertificateNames {
  readonly commonName: string | undefined;
  readonly alternative: readonly { readonly kind: string; readonly value: string }[];
  /** Hexadecimal, upper case, as certificates print it. */
  readonly serial: string;
  /** SHA-256, hexadecimal with colons. */
  readonly fingerprint: string;
}

/** What of a certificate names it, as `X509Certificate.toLegacyObject` and a TLS socket both tell it. */
export interface NamedCertificate {
  readonly subject?: { readonly CN?: string | string[] };
  readonly subjectaltname?: string | undefined;
  readonly serialNumber?: string;
  readonly fingerprint256?: string;
}

/** The first common name counts. */
export function certificateNames(certificate: NamedCertificate): CertificateNames {
  const { subject, subjectaltname = "", serialNumber = "", fingerprint256 = "" } = certificate;
  return {
    commonName: [subject?.CN].flat()[0],
    alternative: alternativeNames(subjectaltname),
    serial: serialNumber,
    fingerprint: fingerprint256,
  };
}

/** The same of a certificate that was read from a file or taken from a connection. */
export function namesOf(certificate: X509Certificate): CertificateNames {
  return certificateNames(certificate.toLegacyObject() as NamedCertificate);
}

/** Hexadecimal digits alone, without regard to case, colons and leading zeros of a serial number. */
export function plainHex(text: string): string {
  return text.replaceAll(":", "").toLowerCase();
}

/** Node prints them as `URI:sae-1, DNS:"odd, name"`; a value with a comma or quote stands as a JSON string. */
function alternativeNames(text: string): CertificateNames["alternative"] {
  return [...text.matchAll(/(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(
    ([, kind = "", value = ""]) => ({
      kind,
      value: value.startsWith('"') ? String(JSON.parse(value)) : value,
    }),
  );
}
