import { FILE_FIELDS, fileAt } from "../config/absolute-files.ts";
import { contradictions } from "../config/contradictions.ts";
import { siteAlarms } from "../config/site-alarms.ts";
import type { SiteConfig } from "../config/site-config.ts";
import { refusals } from "./remarks.ts";
import type { Check } from "./site-check.ts";

/** That what the collectors of alarms are reached with can be used. What the text itself has wrong is told elsewhere. */
export const alarmCheck: Check = ({ site }) => {
  const { alarms } = site;
  const told = contradictions({ ...(alarms === undefined ? {} : { alarms }) });
  if (alarms === undefined || told.some(({ level }) => level === "error")) return [];
  return refusals(["alarms"], () => siteAlarms({ alarms } as Pick<SiteConfig, "alarms">)).map((remark) => {
    const named = FILE_FIELDS.find((field) => {
      const file = field[0] === "alarms" ? fileAt(site, field) : undefined;
      return file !== undefined && remark.message.includes(file);
    });
    return named === undefined ? remark : { ...remark, field: named };
  });
};
