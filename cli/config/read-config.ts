import { dirname } from "node:path";
import { absoluteFiles } from "./absolute-files.ts";
import { errorOfFinding, readSite, readSiteFile, type SiteReading, worstFinding } from "./read-site.ts";
import type { SiteConfig } from "./site-config.ts";

export type { SiteConfig } from "./site-config.ts";

/** Reads a configuration text. ConfigError with file, line, column and path of the first bad field. */
export function parseSiteConfig(text: string, file: string): SiteConfig {
  return configOf(readSite(text, file));
}

/** Reads a configuration file and makes the file names in it absolute. ConfigError as of `parseSiteConfig`. */
export function readSiteConfig(file: string): SiteConfig {
  return absoluteFiles(configOf(readSiteFile(file)), dirname(file));
}

function configOf({ config, findings }: SiteReading): SiteConfig {
  const worst = worstFinding(findings);
  if (worst !== undefined) throw errorOfFinding(worst);
  return config as SiteConfig;
}
