import { checkBus } from "../../controller/outlets/bus/index.ts";
import { FILE_FIELDS, fileAt } from "../config/absolute-files.ts";
import { siteBus } from "../config/site-bus.ts";
import type { SiteConfig } from "../config/site-config.ts";
import { refusals } from "./remarks.ts";
import type { Check } from "./site-check.ts";

/** That what the NATS servers are reached with can be used. */
export const busCheck: Check = ({ site }) => {
  const { nats } = site;
  if (nats?.servers === undefined) return [];
  return refusals(["nats"], () => {
    const options = siteBus({ nats } as Pick<SiteConfig, "nats">);
    if (options !== undefined) checkBus(options);
  }).map((remark) => {
    const named = FILE_FIELDS.find((field) => {
      const file = field[0] === "nats" ? fileAt(site, field) : undefined;
      return file !== undefined && remark.message.includes(file);
    });
    const member = /^nats\.(\w+)/.exec(remark.message)?.[1];
    return { ...remark, field: named ?? ["nats", ...(member === undefined ? [] : [member])] };
  });
};
