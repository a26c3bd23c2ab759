import { type CertificateNames, plainHex } from "./certificate-names.ts";
import { credentialFault } from "./credential-fault.ts";

/** Says which certificate is meant; exactly one member. */
export interface CertificateMatch {
  /** SHA-256, hexadecimal, colons and case ignored; several while a certificate is renewed. */
  readonly fingerprint?: string | readonly string[];
  readonly commonName?: string;
  /** The common name, or an alternative name of kind DNS or URI. */
  readonly name?: string;
  /** An alternative name of kind DNS or URI. */
  readonly san?: string;
  /** Hexadecimal, colons and case ignored. */
  readonly serial?: string;
}

export type MatchKind = keyof CertificateMatch;

const KINDS: readonly MatchKind[] = ["fingerprint", "commonName", "name", "san", "serial"];

/** By which member it is said. ConfigError QKD_CONFIG_INVALID naming `name` unless it is exactly one, and usable. */
export function matchKind(match: CertificateMatch, name: string): MatchKind {
  const given = KINDS.filter((kind) => match[kind] !== undefined);
  const [kind] = given;
  const unknown = Object.keys(match).find((key) => !KINDS.includes(key as MatchKind));
  if (kind === undefined || given.length > 1 || unknown !== undefined)
    throw credentialFault(
      name,
      "says not exactly one of fingerprint, commonName, name, san, serial",
      "give one",
    );
  const values = [match[kind] ?? ""].flat();
  const usable = (value: string): boolean =>
    kind === "fingerprint"
      ? /^[0-9a-f]{64}$/.test(plainHex(value))
      : kind === "serial"
        ? /^[0-9a-f]+$/.test(plainHex(value))
        : value !== "";
  if (values.length === 0 || !values.every(usable))
    throw credentialFault(
      `${name}.${kind}`,
      "cannot be the one of a certificate",
      "give a fingerprint as 64 hexadecimal digits (SHA-256), a serial number in hexadecimal, or a name",
    );
  return kind;
}

/** True for the certificate that is meant. */
export function matchesCertificate(match: CertificateMatch, names: CertificateNames): boolean {
  if (match.fingerprint !== undefined)
    return [match.fingerprint].flat().some((print) => plainHex(print) === plainHex(names.fingerprint));
  if (match.commonName !== undefined) return names.commonName === match.commonName;
  if (match.serial !== undefined) return bareSerial(names.serial) === bareSerial(match.serial);
  const wanted = match.san ?? match.name;
  return (
    (match.name !== undefined && names.commonName === match.name) ||
    names.alternative.some(({ kind, value }) => (kind === "DNS" || kind === "URI") && value === wanted)
  );
}

function bareSerial(text: string): string {
  return plainHex(text).replace(/^0+(?=.)/, "");
}
