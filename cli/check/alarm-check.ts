import { contradictions } from "../config/contradictions.ts";
import { siteAlarms, wordOf } from "../config/site-alarms.ts";
import type { SiteConfig } from "../config/site-config.ts";
import { fieldNamed, outletFiles } from "./outlet-files.ts";
import { refusals } from "./remarks.ts";
import type { Check } from "./site-check.ts";

/** That what the collectors of alarms are reached with can be used. What the text itself has wrong is told elsewhere. */
export const alarmCheck: Check = (check) => {
  const { site } = check;
  const { alarms } = site;
  const files = outletFiles("alarms", check, wordOf);
  const told = contradictions({ ...(alarms === undefined ? {} : { alarms }) });
  if (alarms === undefined || [...told, ...files].some(({ level }) => level === "error")) return files;
  const wrong = refusals(["alarms"], () => siteAlarms({ alarms } as Pick<SiteConfig, "alarms">));
  return [
    ...files,
    ...wrong.map((remark) => ({
      ...remark,
      field: fieldNamed("alarms", site, remark.message) ?? remark.field,
    })),
  ];
};
