import { ConfigError } from "../../errors/index.ts";
import { contradictions } from "./contradictions.ts";
import type { Finding } from "./finding.ts";
import { type DocumentReading, documentReader } from "./read-document.ts";
import { schemaReader } from "./schema-remarks.ts";
import type { SiteConfig, SiteDraft } from "./site-config.ts";
import { SITE_SCHEMA } from "./site-schema.ts";
import { textOfFile } from "./text-of-file.ts";

/** A site's file as it was read: what it says, and all that is wrong with its text alone. */
export interface SiteReading extends Omit<DocumentReading<SiteDraft>, "right"> {
  /** Null where an error was found. */
  readonly config: SiteConfig | null;
}

const readSiteDraft = documentReader<SiteDraft>({
  bySchema: schemaReader<SiteDraft>(SITE_SCHEMA),
  contradictions,
});

/** Reads a text; never throws, whatever it holds. */
export function readSite(text: string, file: string): SiteReading {
  const { right, ...reading } = readSiteDraft(text, file);
  return { ...reading, config: right ? (reading.draft as SiteConfig) : null };
}

/** Reads a file. ConfigError QKD_CONFIG_UNREADABLE where it cannot be read as text. */
export function readSiteFile(file: string): SiteReading {
  return readSite(textOfFile(file, "a site's file"), file);
}

/** The finding that explains most: an unknown name more than the missing one that it was meant to be. */
export function worstFinding(findings: readonly Finding[]): Finding | undefined {
  const errors = findings.filter(({ level }) => level === "error");
  return errors.find(({ message }) => message.endsWith("is not a known field")) ?? errors[0];
}

/** A finding as the error that a command ends with. */
export function errorOfFinding({ file, line, column, code, field, message, remedy }: Finding): ConfigError {
  const known = code === "QKD_CONFIG_UNREADABLE" ? code : "QKD_CONFIG_INVALID";
  return new ConfigError(known, `${file}:${line}:${column}: ${message}`, {
    context: { field, line, column },
    remedy,
  });
}
