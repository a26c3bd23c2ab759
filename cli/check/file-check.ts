import { accessSync, constants, type Stats, statSync } from "node:fs";
import { KEY_FILE_BYTES, readLinkSecretFile, readSecretFile } from "../../controller/index.ts";
import { fileReason } from "../../errors/index.ts";
import type { FieldPath, Remark } from "../config/finding.ts";
import { mistake, refusals, warning } from "./remarks.ts";
import type { Check, SiteCheck } from "./site-check.ts";

const MOST_PEM_BYTES = 4 * 1024 * 1024;

/** That files exist, can be read, belong to this user, and are open to nobody whom they do not concern. */
export const fileCheck: Check = (check) => {
  const { transceiver, peer, delivery, dashboard, store } = check.site;
  const remarks: Remark[] = [];
  for (const [part, files] of [
    ["transceiver", transceiver],
    ["peer", peer],
    ["delivery", delivery],
    ["dashboard", dashboard],
  ] as const) {
    for (const name of ["certificate", "authority", "crl"] as const) {
      const file = (files as { readonly [field in typeof name]?: string | undefined } | undefined)?.[name];
      remarks.push(...pemFile([part, name], file, check, trusted));
    }
    remarks.push(...pemFile([part, "privateKey"], files?.privateKey, check, secret));
  }
  remarks.push(
    ...secretFile(["peer", "secretFile"], peer?.secretFile, (file) => readLinkSecretFile(file).wipe()),
    ...secretFile(["store", "keyFile"], store?.keyFile, (file) =>
      readSecretFile(file, KEY_FILE_BYTES).wipe(),
    ),
    ...siteFile(check),
  );
  return remarks;
};

/** True for a field whose file can be read as one of certificates; what is wrong with others is told by `fileCheck`. */
export function readablePem(file: string | undefined): file is string {
  return file !== undefined && typeof pemStats(file) !== "string";
}

/** That a file of certificates, or with `secret` of a private key, can be read, and by whom. */
export function pemFile(
  field: FieldPath,
  file: string | undefined,
  check: SiteCheck,
  judge: (field: FieldPath, file: string, stats: Stats, check: SiteCheck) => readonly Remark[],
): readonly Remark[] {
  if (file === undefined) return [];
  const stats = pemStats(file);
  if (typeof stats === "string")
    return [
      mistake(
        "QKD_CONFIG_UNREADABLE",
        field,
        `(${file}) ${stats}`,
        "check that the file exists and is readable",
      ),
    ];
  return judge(field, file, stats, check);
}

function pemStats(file: string): Stats | string {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return "is no regular file";
    if (stats.size > MOST_PEM_BYTES) return `holds ${stats.size} bytes, which no certificates take`;
    accessSync(file, constants.R_OK);
    return stats;
  } catch (cause) {
    return `cannot be read: ${fileReason(cause)}`;
  }
}

/** Who may write a file of trust says who is trusted. */
export function trusted(field: FieldPath, file: string, stats: Stats): readonly Remark[] {
  if ((stats.mode & 0o002) === 0) return [];
  return [
    warning("QKD_CONFIG_INVALID", field, `(${file}) may be written by everybody`, `run chmod o-w ${file}`),
  ];
}

/** Whoever reads a private key is who its owner is. */
export function secret(
  field: FieldPath,
  file: string,
  stats: Stats,
  { machine }: SiteCheck,
): readonly Remark[] {
  const remarks: Remark[] = [];
  if ((stats.mode & 0o077) !== 0)
    remarks.push(
      warning("QKD_CONFIG_INVALID", field, `(${file}) may be used by others`, `run chmod 600 ${file}`),
    );
  const { uid } = machine;
  if (uid !== undefined && stats.uid !== uid && stats.uid !== 0)
    remarks.push(
      warning("QKD_CONFIG_INVALID", field, `(${file}) belongs to another user`, `run chown ${uid} ${file}`),
    );
  return remarks;
}

/** What the reader of a secret file says of it. */
export function secretFile(
  field: FieldPath,
  file: string | undefined,
  read: (file: string) => unknown,
): readonly Remark[] {
  return file === undefined ? [] : refusals(field, () => read(file));
}

function siteFile({ file, machine }: SiteCheck): readonly Remark[] {
  const { mode, mtimeMs } = statSync(file);
  const remarks: Remark[] = [];
  const all = (wrong: string, remedy: string): Remark => ({
    ...warning("QKD_CONFIG_INVALID", [], wrong, remedy),
    message: `this file ${wrong}`,
  });
  if ((mode & 0o002) !== 0) remarks.push(all("may be written by everybody", `run chmod o-w ${file}`));
  if (mtimeMs > machine.nowMs + 3600_000)
    remarks.push(all("was written in the future", "set the clock; certificates are judged by it"));
  return remarks;
}
