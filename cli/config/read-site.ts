import { ConfigError } from "../../errors/index.ts";
import { contradictions } from "./contradictions.ts";
import type { Finding, Place, Remark } from "./finding.ts";
import { readBySchema } from "./schema-remarks.ts";
import type { SiteConfig, SiteDraft } from "./site-config.ts";
import { readSiteDocument } from "./site-document.ts";
import { textOfFile } from "./text-of-file.ts";

/** A site's file as it was read: what it says, and all that is wrong with its text alone. */
export interface SiteReading {
  readonly file: string;
  readonly findings: readonly Finding[];
  /** What is right of it, with file names as they stand. */
  readonly draft: SiteDraft;
  /** Null where an error was found. */
  readonly config: SiteConfig | null;
  /** Puts a remark where its field stands. */
  readonly find: (remark: Remark) => Finding;
}

/** Reads a text; never throws, whatever it holds. */
export function readSite(text: string, file: string): SiteReading {
  const document = readSiteDocument(text);
  const at = (remark: Remark, place: Place): Finding => {
    const { level, code, message, remedy } = remark;
    const field = remark.field.join(".");
    return { file, line: place.line, column: place.column, level, code, field, message, remedy };
  };
  const find = (remark: Remark): Finding => at(remark, document.placeOf(remark.field));
  if (document.value === undefined) {
    const findings = document.faults.map((fault) => at(unreadable(fault.message), fault));
    return { file, findings, draft: {}, config: null, find };
  }
  const { remarks, draft } = readBySchema(document.value);
  const findings = [
    ...remarks.map((remark) => at(remark, document.placeOf(remark.field, remark.of))),
    ...contradictions(draft).map(find),
  ];
  const right = findings.every(({ level }) => level !== "error");
  return { file, findings, draft, config: right ? (draft as SiteConfig) : null, find };
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

function unreadable(message: string): Remark {
  return {
    level: "error",
    code: "QKD_CONFIG_UNREADABLE",
    field: [],
    message: `${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    remedy: "correct the YAML or JSON",
  };
}
