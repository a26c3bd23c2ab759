import { ReportError } from "../../errors/index.ts";

/** One file of a report's folder. */
export interface ManifestEntry {
  readonly path: string;
  readonly sha256: string;
}

/** The list of files itself, and the signatures over it. */
export const MANIFEST_FILE = "manifest";
export const SIGNATURE_FILE = "report.sig";

const LINE = /^([0-9a-f]{64}) ([A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)$/;

/** The manifest of a folder: a line "sha256 path" for each file, sorted by path, so that one set of files has one manifest. */
export function manifestText(entries: readonly ManifestEntry[]): string {
  return [...entries]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ sha256, path }) => `${sha256} ${path}\n`)
    .join("");
}

/**
 * Reads a manifest. Only the one form that `manifestText` writes is taken.
 * @throws ReportError QKD_REPORT_DAMAGED.
 */
export function readManifest(text: string): readonly ManifestEntry[] {
  const lines = text.split("\n");
  const entries = lines.slice(0, -1).map((line) => {
    const [, sha256, path] = LINE.exec(line) ?? [];
    if (sha256 === undefined || path === undefined || /(^|\/)\.{1,2}(\/|$)/.test(path))
      throw new ReportError("QKD_REPORT_DAMAGED", "a line of the manifest is not a hash and a path");
    return { sha256, path };
  });
  if (
    entries.length === 0 ||
    manifestText(entries) !== text ||
    new Set(entries.map(({ path }) => path)).size < entries.length
  )
    throw new ReportError("QKD_REPORT_DAMAGED", "the manifest is not a sorted list of files");
  return entries;
}

/**
 * Holds a folder's files against its manifest: nothing changed, nothing missing, nothing beside it.
 * @throws ReportError QKD_REPORT_DAMAGED naming the first file that differs.
 */
export function compareWithManifest(
  manifest: readonly ManifestEntry[],
  found: readonly ManifestEntry[],
): void {
  const there = new Map(found.map(({ path, sha256 }) => [path, sha256]));
  for (const { path, sha256 } of manifest) {
    const is = there.get(path);
    if (is === undefined) throw damaged(path, "is missing");
    if (is !== sha256) throw damaged(path, "was changed");
    there.delete(path);
  }
  const [beside] = there.keys();
  if (beside !== undefined) throw damaged(beside, "does not belong to the report");
}

const damaged = (path: string, what: string): ReportError =>
  new ReportError("QKD_REPORT_DAMAGED", `${path} ${what}`, { context: { path } });
