import { checkArgument, rule } from "../../options/index.ts";
import {
  type CertificateNames,
  certificateNames,
  type NamedCertificate,
  plainHex,
} from "../../trust/index.ts";
import type { SaeIdentitySource } from "./delivery-policy.ts";

/** An SAE ID and the part of the certificate that it was read from. */
export interface SaeName {
  readonly sae: string;
  readonly by: string;
}

const TEXT = rule.anyText("a text");
const NAMES = rule.like(
  { alternative: rule.list(rule.like({ kind: TEXT, value: TEXT })), fingerprint: TEXT },
  "the names of a certificate",
);
const SOURCES = rule.list(
  rule.either(
    rule.choice("sanUri", "sanDns", "commonName", "serialNumber"),
    rule.like({ fingerprints: rule.anyObject }, "fingerprints with their SAE IDs"),
  ),
);

/** The SAE ID that a certificate names, by the first source that yields one; undefined for none. */
export function saeIdOf(
  certificate: NamedCertificate,
  sources: readonly SaeIdentitySource[],
): string | undefined {
  return saeNameOf(certificateNames(certificate), sources)?.sae;
}

/** The same with its source. */
export function saeNameOf(
  names: CertificateNames,
  sources: readonly SaeIdentitySource[],
): SaeName | undefined {
  checkArgument("names", names, NAMES);
  checkArgument("sources", sources, SOURCES);
  for (const source of sources) {
    const sae = fromSource(names, source);
    if (sae !== undefined && sae !== "" && sae.length <= 256)
      return { sae, by: typeof source === "string" ? source : "fingerprint" };
  }
  return undefined;
}

function fromSource(names: CertificateNames, source: SaeIdentitySource): string | undefined {
  const first = (kind: string) => names.alternative.find((name) => name.kind === kind)?.value;
  switch (source) {
    case "sanUri":
      return first("URI");
    case "sanDns":
      return first("DNS");
    case "commonName":
      return names.commonName;
    case "serialNumber":
      return names.serial;
    default: {
      const wanted = plainHex(names.fingerprint);
      return Object.entries(source.fingerprints).find(([print]) => plainHex(print) === wanted)?.[1];
    }
  }
}
