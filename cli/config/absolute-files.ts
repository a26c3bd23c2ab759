import { resolve } from "node:path";
import type { FieldPath } from "./finding.ts";
import type { SiteDraft } from "./site-config.ts";

/** Every field of a site's file that names a file. */
export const FILE_FIELDS: readonly (readonly string[])[] = [
  ["transceiver", "authority"],
  ["transceiver", "certificate"],
  ["transceiver", "privateKey"],
  ["peer", "certificate"],
  ["peer", "privateKey"],
  ["peer", "authority"],
  ["peer", "crl"],
  ["peer", "secretFile"],
  ["store", "path"],
  ["store", "keyFile"],
  ["delivery", "certificate"],
  ["delivery", "privateKey"],
  ["delivery", "authority"],
  ["delivery", "crl"],
  ["dashboard", "certificate"],
  ["dashboard", "privateKey"],
  ["dashboard", "authority"],
  ["dashboard", "baseline"],
  ["dashboard", "crl"],
  ["alarms", "syslog", "authority"],
  ["alarms", "syslog", "crl"],
  ["alarms", "syslog", "certificate"],
  ["alarms", "syslog", "privateKey"],
  ["alarms", "snmp", "communityFile"],
  ["alarms", "snmp", "authPassphraseFile"],
  ["alarms", "snmp", "privPassphraseFile"],
  ["nats", "authority"],
  ["nats", "crl"],
  ["nats", "certificate"],
  ["nats", "privateKey"],
  ["nats", "credentialsFile"],
];

/** The file that a field names; undefined where it names none. */
export function fileAt(site: SiteDraft, field: FieldPath): string | undefined {
  let value: unknown = site;
  for (const name of field) value = isMembers(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The configuration with the names of its files and folders made absolute, those that are relative from `folder`. */
export function absoluteFiles<Config extends SiteDraft>(config: Config, folder: string): Config {
  let absolute: unknown = config;
  for (const field of [...FILE_FIELDS, ["recording", "folder"]]) {
    const name = fileAt(config, field);
    if (name !== undefined) absolute = withValue(absolute, field, resolve(folder, name));
  }
  return absolute as Config;
}

function withValue(members: unknown, [name, ...rest]: FieldPath, value: string): unknown {
  if (name === undefined) return value;
  const known = isMembers(members) ? members : {};
  return { ...known, [name]: withValue(known[name], rest, value) };
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
