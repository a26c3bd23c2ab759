import { FILE_FIELDS, fileAt } from "../config/absolute-files.ts";
import type { FieldPath, Remark } from "../config/finding.ts";
import type { SiteDraft } from "../config/site-config.ts";
import { pemFile, secret, secretFile, trusted } from "./file-check.ts";
import type { SiteCheck } from "./site-check.ts";

/** Parts of a site's file that tell others of it. */
export type Outlet = "alarms" | "nats";

/** What is wrong with the files of an outlet, each by itself; `wordOf` reads those that hold a word. */
export function outletFiles(
  outlet: Outlet,
  check: SiteCheck,
  wordOf: (file: string) => unknown,
): readonly Remark[] {
  return fieldsOf(outlet).flatMap((field) => {
    const file = fileAt(check.site, field);
    const name = field.at(-1) ?? "";
    if (name.endsWith("File")) return secretFile(field, file, wordOf);
    return pemFile(field, file, check, name === "privateKey" ? secret : trusted);
  });
}

/** The field of an outlet whose file a sentence names. */
export function fieldNamed(outlet: Outlet, site: SiteDraft, sentence: string): FieldPath | undefined {
  return fieldsOf(outlet).find((field) => {
    const file = fileAt(site, field);
    return file !== undefined && sentence.includes(file);
  });
}

const fieldsOf = (outlet: Outlet) => FILE_FIELDS.filter(([part]) => part === outlet);
