import { completePolicy, DEFAULT_DELIVERY_POLICY, originsOfMode } from "../../controller/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { type CertificateMatch, matchKind, plainHex } from "../../trust/index.ts";
import type { FieldPath, Remark } from "./finding.ts";
import type { SiteDraft } from "./site-config.ts";

type Entry = NonNullable<SiteDraft["saes"]>[number];

/** What is wrong with the applications of a site's file, and with what else speaks of them. */
export function saeRemarks({ saes, peer, delivery }: SiteDraft): Remark[] {
  const remarks: Remark[] = refusedMatch(
    ["peer", "identity"],
    peer?.identity as CertificateMatch | undefined,
  );
  if (saes === undefined) return remarks;
  for (const [index, entry] of saes.entries()) {
    const at = ["saes", index];
    remarks.push(
      ...refusedMatch([...at, "identity"], entry.identity as CertificateMatch | undefined),
      ...sizes(at, entry),
      ...modeRemarks(at, entry),
      ...sameId(saes.slice(0, index), entry, index),
      ...sameIdentity(saes.slice(0, index), entry, index),
    );
    if (entry.id !== undefined && [delivery?.kmeId, delivery?.peerKmeId].includes(entry.id))
      remarks.push(error([...at, "id"], `saes.${index}.id is the name of a KME`, "name an application"));
  }
  const registered = saes.map(({ id }) => id);
  for (const [index, sae] of (delivery?.allowPqcFor ?? []).entries()) {
    const entry = saes.find(({ id }) => id === sae);
    const field = ["delivery", "allowPqcFor", index];
    if (!registered.includes(sae))
      remarks.push(
        warning(field, `delivery.allowPqcFor names ${sae}, which saes does not`, "add it to saes"),
      );
    else if (entry !== undefined && originsOf(entry)?.includes("pqc") === false)
      remarks.push(
        warning(
          field,
          `delivery.allowPqcFor names ${sae}, whose ${entry.mode === undefined ? "origins leave" : "mode leaves"} pqc out`,
          "settle which holds",
        ),
      );
  }
  if (delivery?.saeIdentity !== undefined)
    remarks.push(
      warning(
        ["delivery", "saeIdentity"],
        "delivery.saeIdentity has no effect beside saes",
        "take it out; each entry of saes has its identity",
      ),
    );
  return remarks;
}

/** Identities of a list that cannot be met, or are met by the certificate of another entry, too. */
export function identityRemarks(saes: readonly Entry[]): Remark[] {
  return saes.flatMap((entry, index) => [
    ...refusedMatch(["saes", index, "identity"], entry.identity as CertificateMatch | undefined),
    ...sameIdentity(saes.slice(0, index), entry, index),
  ]);
}

function refusedMatch(field: FieldPath, match: CertificateMatch | undefined): Remark[] {
  if (match === undefined) return [];
  try {
    matchKind(match, field.join("."));
    return [];
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return [error(field, cause.message, cause.remedy)];
  }
}

function sizes(at: FieldPath, entry: Entry): Remark[] {
  const { keySizeBits, minKeySizeBits, maxKeySizeBits } = entry;
  const given = Object.entries({ keySizeBits, minKeySizeBits, maxKeySizeBits }).filter(
    ([, value]) => value !== undefined,
  );
  const [first] = given;
  if (first === undefined) return [];
  try {
    completePolicy({ ...DEFAULT_DELIVERY_POLICY, ...Object.fromEntries(given) });
    return [];
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return [error([...at, first[0]], `${at.join(".")}: ${cause.message}`, "correct the sizes of this entry")];
  }
}

function originsOf({ mode, onShortage, origins }: Entry): readonly (string | undefined)[] | undefined {
  return mode === undefined ? origins : originsOfMode(mode, onShortage);
}

/** `mode` and `origins` say the same thing, and only hybrid keys have a shortage of their own. */
function modeRemarks(at: readonly (string | number)[], { mode, origins, onShortage }: Entry): Remark[] {
  const name = at.join(".");
  return [
    ...(mode !== undefined && origins !== undefined
      ? [error([...at, "origins"], `${name} has a mode and origins, which say the same`, "name one of them")]
      : []),
    ...(onShortage !== undefined && mode !== "hybrid"
      ? [
          error(
            [...at, "onShortage"],
            `${name}.onShortage has no meaning without mode: hybrid`,
            "take it out",
          ),
        ]
      : []),
  ];
}

/** An ID that an earlier entry has already. */
function sameId(before: readonly Entry[], entry: Entry, index: number): Remark[] {
  const same = before.findIndex(({ id }) => id !== undefined && id === entry.id);
  if (same < 0) return [];
  return [error(["saes", index, "id"], `saes.${index}.id is that of saes.${same}, too`, "give each its own")];
}

/** A certificate that an earlier entry has already. */
function sameIdentity(before: readonly Entry[], entry: Entry, index: number): Remark[] {
  const remarks: Remark[] = [];
  const at = ["saes", index];
  for (const [other, { identity }] of before.entries()) {
    const met = meeting(
      identity as CertificateMatch | undefined,
      entry.identity as CertificateMatch | undefined,
    );
    if (met === null) continue;
    const message = `saes.${index}.identity ${met === "always" ? "is" : "can be"} met by the certificate of saes.${other}, too`;
    const remedy = "name each certificate by something of its own, best by fingerprint";
    const field = [...at, "identity"];
    remarks.push(met === "always" ? error(field, message, remedy) : warning(field, message, remedy));
    // One is enough: a list of equal entries would tell each pair of them.
    break;
  }
  return remarks;
}

/** Whether one certificate meets both: always, where it may, or never. */
function meeting(
  one: CertificateMatch | undefined,
  other: CertificateMatch | undefined,
): "always" | "possibly" | null {
  if (one === undefined || other === undefined) return null;
  const prints = (match: CertificateMatch) => [match.fingerprint ?? []].flat().map(plainHex);
  if (prints(one).some((print) => prints(other).includes(print))) return "always";
  const serial = (match: CertificateMatch) => plainHex(match.serial ?? "").replace(/^0+(?=.)/, "");
  if (one.serial !== undefined && other.serial !== undefined && serial(one) === serial(other))
    return "always";
  const called = (match: CertificateMatch) => match.commonName ?? match.san ?? match.name;
  if (called(one) === undefined || called(one) !== called(other)) return null;
  const kind = (match: CertificateMatch) =>
    match.name !== undefined ? "name" : match.san !== undefined ? "san" : "cn";
  const kinds = [kind(one), kind(other)];
  return kinds[0] === kinds[1] || kinds.includes("name") ? "always" : "possibly";
}

function error(field: FieldPath, message: string, remedy: string): Remark {
  return { level: "error", code: "QKD_CONFIG_INVALID", field, message, remedy };
}

function warning(field: FieldPath, message: string, remedy: string): Remark {
  return { ...error(field, message, remedy), level: "warning" };
}
