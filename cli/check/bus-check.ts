import { checkBus } from "../../controller/outlets/bus/index.ts";
import { credentialsOf, siteBus } from "../config/site-bus.ts";
import type { SiteConfig } from "../config/site-config.ts";
import { fieldNamed, outletFiles } from "./outlet-files.ts";
import { refusals } from "./remarks.ts";
import type { Check } from "./site-check.ts";

/** That what the NATS servers are reached with can be used. */
export const busCheck: Check = (check) => {
  const { site } = check;
  const { nats } = site;
  const files = outletFiles("nats", check, credentialsOf);
  if (nats?.servers === undefined || files.some(({ level }) => level === "error")) return files;
  const wrong = refusals(["nats"], () => {
    const options = siteBus({ nats } as Pick<SiteConfig, "nats">);
    if (options !== undefined) checkBus(options);
  });
  return [
    ...files,
    ...wrong.map((remark) => {
      const member = /^nats\.(\w+)/.exec(remark.message)?.[1];
      const field = fieldNamed("nats", site, remark.message);
      return { ...remark, field: field ?? ["nats", ...(member === undefined ? [] : [member])] };
    }),
  ];
};
