import { FILE_FIELDS, fileAt } from "../config/absolute-files.ts";
import { contradictions } from "../config/contradictions.ts";
import type { Remark } from "../config/finding.ts";
import { siteAlarms, wordOf } from "../config/site-alarms.ts";
import type { SiteConfig } from "../config/site-config.ts";
import { pemFile, secret, secretFile, trusted } from "./file-check.ts";
import { refusals } from "./remarks.ts";
import type { Check, SiteCheck } from "./site-check.ts";

/** That what the collectors of alarms are reached with can be used. What the text itself has wrong is told elsewhere. */
export const alarmCheck: Check = (check) => {
  const { site } = check;
  const { alarms } = site;
  const files = FIELDS.flatMap((field) => fileRemarks(field, check));
  const told = contradictions({ ...(alarms === undefined ? {} : { alarms }) });
  if (alarms === undefined || [...told, ...files].some(({ level }) => level === "error")) return files;
  const wrong = refusals(["alarms"], () => siteAlarms({ alarms } as Pick<SiteConfig, "alarms">));
  return [
    ...files,
    ...wrong.map((remark) => {
      const named = FIELDS.find((field) => {
        const file = fileAt(site, field);
        return file !== undefined && remark.message.includes(file);
      });
      return named === undefined ? remark : { ...remark, field: named };
    }),
  ];
};

const FIELDS = FILE_FIELDS.filter(([part]) => part === "alarms");

function fileRemarks(field: readonly string[], check: SiteCheck): readonly Remark[] {
  const file = fileAt(check.site, field);
  const [, collector, name] = field;
  if (collector === "snmp") return secretFile(field, file, wordOf);
  return pemFile(field, file, check, name === "privateKey" ? secret : trusted);
}
