import { existsSync } from "node:fs";
import { ConfigError } from "../../errors/index.ts";
import { isSite } from "./site-client.ts";

/** Flags of the command, whatever it is pointed at. */
export interface ExplainFlags {
  readonly telemetry?: readonly string[];
  readonly baseline?: string;
  readonly learn?: string | true;
  readonly for?: number;
  readonly every?: number;
  readonly unit?: readonly number[];
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly token?: string;
  readonly json?: true;
}

/** What the command is pointed at. */
export type ExplainForm = "units" | "telemetry" | "site" | "recording";

/** @throws ConfigError QKD_USAGE for addresses that are of no form together. */
export function formOf(addresses: readonly string[]): ExplainForm {
  const alone = (what: string) => {
    if (addresses.length > 1)
      throw new ConfigError("QKD_USAGE", `${what} is explained by itself`, { remedy: "name it alone" });
  };
  if (addresses.some(isSite)) {
    alone("a site");
    return "site";
  }
  if (addresses.some(isFile)) {
    alone("a recording");
    return "recording";
  }
  if (addresses.every((address) => address.startsWith("modbus"))) return "telemetry";
  if (addresses.length < 2) throw needsBoth();
  return "units";
}

/** No form of an address is a name with an ending of a recording, or that of a file that is there. */
function isFile(address: string): boolean {
  if (/^[a-z][a-z0-9+]*:/i.test(address)) return false;
  return /\.pcapng$/i.test(address) || address.includes("/") || existsSync(address);
}

const OF_SITES = ["ca", "cert", "key", "token"] as const;
const OF_FORMS: Readonly<Record<ExplainForm, readonly (keyof ExplainFlags)[]>> = {
  units: ["telemetry", "baseline", "learn", "for", "every"],
  telemetry: ["baseline", "for"],
  site: OF_SITES,
  recording: ["baseline", "for", "unit"],
};
const OF: Readonly<Record<ExplainForm, string>> = {
  units: "two units",
  telemetry: "telemetry alone",
  site: "a running site",
  recording: "a recording",
};

/** @throws ConfigError QKD_USAGE for a flag that would be passed over. */
export function refuseFlags(form: ExplainForm, flags: ExplainFlags): void {
  if (form === "telemetry" && flags.learn !== undefined) throw needsBoth();
  const lost = (Object.keys(flags) as (keyof ExplainFlags)[]).find(
    (flag) => flag !== "json" && flags[flag] !== undefined && !OF_FORMS[form].includes(flag),
  );
  if (lost === undefined) return;
  throw new ConfigError("QKD_USAGE", `--${lost} has no effect on ${OF[form]}`, {
    remedy:
      form === "site" && (lost === "baseline" || lost === "for" || lost === "learn")
        ? "leave it out: the site looks by itself, and dashboard.baseline in its file names its baseline"
        : "leave it out",
  });
}

/** The error of a link of which too little is named. */
export const needsBoth = (): ConfigError =>
  new ConfigError("QKD_USAGE", "explain needs both units of the link, or the telemetry of one", {
    remedy: "name the addresses of transmitter and receiver, or one modbus+tcp:// address",
  });
