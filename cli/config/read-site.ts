import { closeSync, openSync, readSync } from "node:fs";
import { ConfigError } from "../../errors/index.ts";
import { contradictions } from "./contradictions.ts";
import type { Finding, Place, Remark } from "./finding.ts";
import { readBySchema } from "./schema-remarks.ts";
import type { SiteConfig, SiteDraft } from "./site-config.ts";
import { readSiteDocument } from "./site-document.ts";

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

const MOST_BYTES = 1024 * 1024;

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
  return readSite(textOf(file), file);
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

function textOf(file: string): string {
  const refuse = (wrong: string, cause?: unknown) =>
    new ConfigError("QKD_CONFIG_UNREADABLE", `${file} ${wrong}`, cause === undefined ? {} : { cause });
  let bytes: Uint8Array;
  try {
    bytes = firstBytes(file, MOST_BYTES + 1);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw refuse(why === "EISDIR" ? "is a folder, not a file" : `cannot be read (${why})`, cause);
  }
  if (bytes.length > MOST_BYTES)
    throw refuse(`holds more than the ${MOST_BYTES} bytes that a site's file may`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse("is no text in UTF-8", cause);
  }
}

/** No more of a file than so many bytes: a device has no end, and no size to ask for before. */
function firstBytes(file: string, most: number): Uint8Array {
  const bytes = new Uint8Array(most);
  const opened = openSync(file, "r");
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read)
      read = readSync(opened, bytes, { offset: length });
    return bytes.subarray(0, length);
  } finally {
    closeSync(opened);
  }
}
