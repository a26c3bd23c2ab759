import { resolve } from "node:path";
import type { SiteDraft } from "./site-config.ts";

/** Every field of a site's file that names a file. */
export const FILE_FIELDS = [
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
] as const;

/** The configuration with the names of its files and folders made absolute, those that are relative from `folder`. */
export function absoluteFiles<Config extends SiteDraft>(config: Config, folder: string): Config {
  const parts: Record<string, Record<string, unknown>> = {};
  for (const [part, field] of [...FILE_FIELDS, ["recording", "folder"] as const]) {
    const members = parts[part] ?? (config[part] as Record<string, unknown> | undefined);
    const name = members?.[field];
    if (typeof name === "string") parts[part] = { ...members, [field]: resolve(folder, name) };
  }
  return { ...config, ...parts };
}
