import { dirname } from "node:path";
import { errorOf, QkdError } from "../../errors/index.ts";
import { absoluteFiles, FILE_FIELDS, fileAt } from "./absolute-files.ts";
import type { FieldPath } from "./finding.ts";
import { readSiteFile, type SiteReading } from "./read-site.ts";
import type { SiteDraft } from "./site-config.ts";

/**
 * An error that came of using a site's file, with file, line and column before its sentence where it names a field of
 * it, or a file that a field names; any other error as it is.
 */
export function placedError(file: string, error: unknown): unknown {
  if (!(error instanceof QkdError)) return error;
  const { code, message, remedy, context, retryable } = error;
  if (message.startsWith(`${file}:`)) return error;
  let reading: SiteReading;
  try {
    reading = readSiteFile(file);
  } catch {
    return error;
  }
  const field = fieldOf(context.field, reading.draft) ?? fieldOfFile(context.path, file, reading.draft);
  if (field === null) return error;
  const { line, column } = reading.find({ level: "error", code, field, message, remedy });
  const placed = `${file}:${line}:${column}: ${message}`;
  return errorOf(code, placed, { context, remedy, retryable, cause: error });
}

/** `peer.crl (file)` and `saes.3.id` name fields of the file; `credentials.crl` does not. */
function fieldOf(name: unknown, site: SiteDraft): FieldPath | null {
  if (typeof name !== "string") return null;
  const path = name.replace(/ \(.*$/s, "").split(".");
  return Object.hasOwn(site, path[0] ?? "") ? path : null;
}

function fieldOfFile(named: unknown, file: string, site: SiteDraft): FieldPath | null {
  const absolute = absoluteFiles(site, dirname(file));
  const found = FILE_FIELDS.find((field) => fileAt(absolute, field) === named);
  return named === undefined || found === undefined ? null : found;
}
