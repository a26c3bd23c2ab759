import type { PeerCertificate } from "node:tls";
import type { SaeIdentitySource } from "./delivery-policy.ts";

/** The SAE ID that a certificate names, by the first source that yields one; undefined for none. */
export function saeIdOf(
  certificate: PeerCertificate,
  sources: readonly SaeIdentitySource[],
): string | undefined {
  for (const source of sources) {
    const id = fromSource(certificate, source);
    if (id !== undefined && id !== "" && id.length <= 256) return id;
  }
  return undefined;
}

function fromSource(certificate: PeerCertificate, source: SaeIdentitySource): string | undefined {
  switch (source) {
    case "sanUri":
      return alternativeName(certificate, "URI");
    case "sanDns":
      return alternativeName(certificate, "DNS");
    case "commonName":
      return first(certificate.subject?.CN);
    case "serialNumber":
      return certificate.serialNumber;
    default: {
      const wanted = plainHex(certificate.fingerprint256 ?? "");
      const entry = Object.entries(source.fingerprints).find(([print]) => plainHex(print) === wanted);
      return entry?.[1];
    }
  }
}

/**
 * First alternative name of a kind. Node prints them as `URI:sae-1, DNS:"odd, name"`; a value with a comma or quote
 * stands as a JSON string.
 */
function alternativeName(certificate: PeerCertificate, kind: "URI" | "DNS"): string | undefined {
  for (const match of (certificate.subjectaltname ?? "").matchAll(
    /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g,
  )) {
    const [, name, value] = match;
    if (name === kind && value !== undefined)
      return value.startsWith('"') ? String(JSON.parse(value)) : value;
  }
  return undefined;
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function plainHex(text: string): string {
  return text.replaceAll(":", "").toLowerCase();
}
