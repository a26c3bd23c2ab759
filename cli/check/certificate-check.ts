import type { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  checkIdentity,
  type RevocationDates,
  type Revocations,
  readCertificates,
  readRevocations,
  revocationDates,
} from "../../trust/index.ts";
import type { FieldPath, Remark } from "../config/finding.ts";
import { readablePem } from "./file-check.ts";
import { mistake, refusals, warning } from "./remarks.ts";
import { type Check, DAY_MS, type SiteCheck } from "./site-check.ts";
import { tlsRefusal } from "./tls-refusal.ts";

const WARN_DAYS = 30;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

type Part = "transceiver" | "peer" | "delivery" | "dashboard";

/** What the certificate of each part is presented as. */
const USES = {
  transceiver: [["client", CLIENT_AUTH]],
  peer: [
    ["server", SERVER_AUTH],
    ["client", CLIENT_AUTH],
  ],
  delivery: [["server", SERVER_AUTH]],
  dashboard: [["server", SERVER_AUTH]],
} as const;

/** That certificates, keys, authorities and revocation lists are such, fit each other, and are valid now. */
export const certificateCheck: Check = async (check) => {
  const parts = await Promise.all(
    (["transceiver", "peer", "delivery", "dashboard"] as const).map((part) => partCheck(part, check)),
  );
  return parts.flat();
};

async function partCheck(part: Part, { site, machine }: SiteCheck): Promise<Remark[]> {
  const files: { readonly [field: string]: unknown } | undefined = site[part];
  const text = (name: "certificate" | "privateKey" | "authority" | "crl"): string | undefined => {
    const file = files?.[name];
    return typeof file === "string" && readablePem(file) ? readFileSync(file, "latin1") : undefined;
  };
  const at = (name: string): FieldPath => [part, name];
  const [certificate, privateKey, authority, crl] = [
    text("certificate"),
    text("privateKey"),
    text("authority"),
    text("crl"),
  ];
  const remarks: Remark[] = [];
  const read = <Result>(name: string, use: () => Result): Result | null => {
    let result: Result | null = null;
    remarks.push(
      ...refusals(at(name), () => {
        result = use();
      }),
    );
    return result;
  };
  const own =
    certificate === undefined
      ? null
      : read("certificate", () => readCertificates(certificate, `${part}.certificate`));
  const authorities =
    authority === undefined
      ? null
      : read("authority", () => readCertificates(authority, `${part}.authority`));
  const revocations = crl === undefined ? null : read("crl", () => readRevocations(crl, `${part}.crl`));
  const lists = crl === undefined ? null : read("crl", () => revocationDates(crl, `${part}.crl`));
  const fits =
    own !== null &&
    certificate !== undefined &&
    privateKey !== undefined &&
    read("privateKey", () => {
      checkIdentity({
        certificate,
        certificateName: `${part}.certificate`,
        privateKey,
        privateKeyName: `${part}.privateKey`,
      });
      return true;
    }) === true;
  for (const one of own ?? []) remarks.push(...validity(at("certificate"), one, machine.nowMs));
  for (const one of authorities ?? []) remarks.push(...validity(at("authority"), one, machine.nowMs));
  if (own !== null) remarks.push(...usage(part, own));
  if (lists !== null && revocations !== null)
    remarks.push(...listCheck(part, lists ?? [], revocations, own ?? [], authorities, machine.nowMs));
  const told = remarks.some(({ level }) => level === "error");
  if (
    part === "peer" &&
    !told &&
    fits &&
    certificate !== undefined &&
    privateKey !== undefined &&
    authority !== undefined
  ) {
    const refusal = await tlsRefusal({ certificate, privateKey, authority, crl });
    if (refusal !== null)
      remarks.push(
        mistake(
          "QKD_PEER_CERTIFICATE",
          at("certificate"),
          `would be refused by a site that trusts ${part}.authority: ${refusal}`,
          "name a certificate that this authority signed for a server and a client",
        ),
      );
  }
  return remarks;
}

/** Whether a certificate is valid at a time, and for how long. */
export function validity(field: FieldPath, certificate: X509Certificate, nowMs: number): Remark[] {
  const name = certificate.subject.replaceAll("\n", ", ");
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const code = "QKD_CONFIG_EXPIRY";
  if (nowMs > to) return [mistake(code, field, `(${name}) has expired on ${day(to)}`, "renew it")];
  if (nowMs < from)
    return [
      mistake(
        code,
        field,
        `(${name}) is not valid before ${day(from)}`,
        "wait, or set the clock of this machine",
      ),
    ];
  if (to - nowMs < WARN_DAYS * DAY_MS)
    return [
      warning(
        code,
        field,
        `(${name}) expires on ${day(to)}`,
        "renew it; a running site takes the new file over",
      ),
    ];
  return [];
}

/** What a site's own certificate may be used for, and whether those behind it lead on from it. */
function usage(part: Part, [own, ...others]: readonly X509Certificate[]): Remark[] {
  if (own === undefined) return [];
  const remarks: Remark[] = [];
  const field = [part, "certificate"];
  const allowed: readonly string[] | undefined = own.keyUsage;
  const wanted = USES[part].map(([, use]) => use);
  if (allowed !== undefined && !wanted.every((use) => allowed.includes(use)))
    remarks.push(
      mistake(
        "QKD_CONFIG_INVALID",
        field,
        `is not made for ${USES[part].map(([name]) => name).join(" and ")} authentication`,
        "ask the authority for a certificate with this extended key usage",
      ),
    );
  let below = own;
  for (const [index, above] of others.entries()) {
    if (!below.checkIssued(above) || !below.verify(above.publicKey)) {
      remarks.push(
        mistake(
          "QKD_CONFIG_INVALID",
          field,
          `holds certificate ${index + 2}, which did not sign the one before it`,
          "put the site's own certificate first, and each authority behind what it signed",
        ),
      );
      break;
    }
    below = above;
  }
  return remarks;
}

function listCheck(
  part: Part,
  lists: readonly RevocationDates[],
  revocations: Revocations,
  own: readonly X509Certificate[],
  authorities: readonly X509Certificate[] | null,
  nowMs: number,
): Remark[] {
  const field = [part, "crl"];
  const code = "QKD_CONFIG_EXPIRY";
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const remarks: Remark[] = [];
  for (const { thisUpdateMs, nextUpdateMs } of lists) {
    if (thisUpdateMs > nowMs)
      remarks.push(
        mistake(code, field, `is not valid before ${day(thisUpdateMs)}`, "set the clock of this machine"),
      );
    if (nextUpdateMs !== null && nextUpdateMs < nowMs)
      remarks.push(
        mistake(
          code,
          field,
          `has expired on ${day(nextUpdateMs)}: TLS refuses every certificate until it is renewed`,
          "fetch the present list of the authority",
        ),
      );
  }
  for (const authority of authorities ?? [])
    if (!lists.some((list) => list.isOf(authority)))
      remarks.push(
        mistake(
          "QKD_CONFIG_INVALID",
          field,
          `holds no list of ${authority.subject.replaceAll("\n", ", ")}: TLS refuses all that it signed`,
          "add the list of every authority, which may name no certificate",
        ),
      );
  const [leaf] = own;
  if (leaf !== undefined && revocations.revokes(leaf))
    remarks.push(
      mistake(
        "QKD_CONFIG_INVALID",
        [part, "certificate"],
        `is revoked by ${part}.crl`,
        "ask the authority for a new one",
      ),
    );
  return remarks;
}
