import type { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { DEFAULT_DELIVERY_POLICY, saeNameOf } from "../../controller/index.ts";
import {
  type CertificateMatch,
  certificateFault,
  matchesCertificate,
  matchKind,
  namesOf,
  readCertificates,
  readRevocations,
  type TrustRules,
  trustRules,
} from "../../trust/index.ts";
import type { FieldPath, Remark } from "../config/finding.ts";
import type { SiteDraft } from "../config/site-config.ts";
import { validity } from "./certificate-check.ts";
import { readablePem } from "./file-check.ts";
import { mistake, refusals } from "./remarks.ts";
import type { Check, SiteCheck } from "./site-check.ts";

/** That every certificate speaks for one: this site, the other site, or one application. */
export const identityCheck: Check = (check) => [...ownNames(check.site), ...saeCertificates(check)];

interface Named {
  readonly field: FieldPath;
  readonly match: CertificateMatch;
}

/** Neither the other site nor an application is known by a certificate of this site. */
function ownNames(site: SiteDraft): Remark[] {
  const own = ownCertificates(site);
  const peer = peerIdentity(site);
  const saes = (site.saes ?? []).flatMap(({ identity }, index): Named[] =>
    usable(identity) ? [{ field: ["saes", index, "identity"], match: identity }] : [],
  );
  const remarks: Remark[] = [];
  for (const { part, certificate } of own) {
    const names = namesOf(certificate);
    if (part === "peer" && peer !== null && matchesCertificate(peer.match, names))
      remarks.push(
        mistake(
          "QKD_CONFIG_INVALID",
          peer.field,
          "names this site's own certificate as the other site's",
          "name the other site's",
        ),
      );
    for (const { field, match } of saes)
      if (matchesCertificate(match, names))
        remarks.push(
          mistake(
            "QKD_CONFIG_INVALID",
            field,
            `is met by ${part}.certificate, a KME's`,
            "name an application's",
          ),
        );
  }
  return remarks;
}

/** The applications' certificates that the command line names: each has to be one application's. */
function saeCertificates({ site, machine, saeCertificates: files }: SiteCheck): Remark[] {
  const field: FieldPath = site.saes === undefined ? ["delivery", "authority"] : ["saes"];
  const speakers = new Map<string, { readonly file: string; readonly names: string }>();
  const rules = deliveryRules(site);
  return files.flatMap((file) => {
    const wrong = (sentence: string, remedy: string): Remark => ({
      ...mistake("QKD_CONFIG_INVALID", field, "", remedy),
      message: `${file}: ${sentence}`,
    });
    if (!readablePem(file)) return [wrong("cannot be read", "name a certificate of an application, in PEM")];
    let leaf: X509Certificate | undefined;
    const unread = refusals(field, () => {
      [leaf] = readCertificates(readFileSync(file, "latin1"), file);
    });
    if (leaf === undefined) return [...unread];
    const remarks = validity(field, leaf, machine.nowMs).map((remark) => ({
      ...remark,
      message: `${file}: ${remark.message}`,
    }));
    const fault =
      rules === null ? null : certificateFault(leaf, rules, { ...rules, source: "" }, machine.nowMs);
    if (fault !== null && remarks.length === 0)
      remarks.push(wrong(fault, "present one that delivery.authority signed and did not take back"));
    const found = saesOf(leaf, site);
    const kme = kmeOf(leaf, site);
    if (kme !== null)
      remarks.push(wrong(`is ${kme}, which speaks for no application`, "name an application's certificate"));
    else if (found.length === 0)
      remarks.push(wrong("no application of this site is known by it", "add an entry to saes that names it"));
    else if (found.length > 1)
      remarks.push(
        wrong(`is that of ${found.join(" and ")}`, "let one entry alone name it, best by fingerprint"),
      );
    const [sae = ""] = found;
    const names = JSON.stringify([leaf.issuer, leaf.subject, leaf.subjectAltName]);
    const other = speakers.get(sae);
    if (found.length === 1 && other !== undefined && other.names !== names)
      remarks.push(
        wrong(
          `speaks for ${sae}, as ${other.file} does: who comes first stands`,
          "register applications by fingerprint",
        ),
      );
    speakers.set(sae, { file, names });
    return remarks;
  });
}

/** Whose a certificate is that no application may have; null for any other. */
function kmeOf(leaf: X509Certificate, site: SiteDraft): string | null {
  const own = ownCertificates(site).find(({ certificate }) => certificate.publicKey.equals(leaf.publicKey));
  if (own !== undefined) return `this site's own certificate (${own.part}.certificate)`;
  const peer = peerIdentity(site);
  if (peer !== null && matchesCertificate(peer.match, namesOf(leaf)))
    return `the other site's certificate (${peer.field.join(".")})`;
  return null;
}

/** Names of the applications that a certificate speaks for. */
function saesOf(leaf: X509Certificate, site: SiteDraft): string[] {
  const names = namesOf(leaf);
  if (kmeOf(leaf, site) !== null) return [];
  if (site.saes !== undefined)
    return site.saes.flatMap(({ id, identity }) =>
      id !== undefined && usable(identity) && matchesCertificate(identity, names) ? [id] : [],
    );
  const { saeIdentity = DEFAULT_DELIVERY_POLICY.saeIdentity, kmeId, peerKmeId } = site.delivery ?? {};
  const name = saeNameOf(names, saeIdentity as typeof DEFAULT_DELIVERY_POLICY.saeIdentity);
  return name === undefined || [kmeId, peerKmeId].includes(name.sae) ? [] : [name.sae];
}

function ownCertificates(
  site: SiteDraft,
): { readonly part: string; readonly certificate: X509Certificate }[] {
  return (["peer", "delivery"] as const).flatMap((part) => {
    const file = site[part]?.certificate;
    if (!readablePem(file)) return [];
    let own: X509Certificate | undefined;
    refusals([part, "certificate"], () => {
      [own] = readCertificates(readFileSync(file, "latin1"), file);
    });
    return own === undefined ? [] : [{ part, certificate: own }];
  });
}

function peerIdentity({ peer, delivery }: SiteDraft): Named | null {
  if (usable(peer?.identity)) return { field: ["peer", "identity"], match: peer.identity };
  if (peer?.identity !== undefined || delivery?.peerKmeId === undefined) return null;
  return { field: ["delivery", "peerKmeId"], match: { name: delivery.peerKmeId } };
}

function usable(match: unknown): match is CertificateMatch {
  return (
    typeof match === "object" &&
    match !== null &&
    refusals([], () => matchKind(match as CertificateMatch, "identity")).length === 0
  );
}

function deliveryRules({ delivery }: SiteDraft): TrustRules | null {
  const { authority, crl } = delivery ?? {};
  if (!readablePem(authority)) return null;
  const list = readablePem(crl) ? readFileSync(crl, "latin1") : undefined;
  let rules: TrustRules | null = null;
  refusals([], () => {
    if (list !== undefined) readRevocations(list, "crl");
    rules = trustRules(
      { pem: readFileSync(authority, "latin1"), name: "authority" },
      { pem: list, name: "crl" },
    );
  });
  return rules;
}
