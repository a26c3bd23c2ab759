import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow } from "../../commissioning/index.ts";
import { ConfigError, fileReason, ReportError } from "../../errors/index.ts";
import {
  compareWithManifest,
  draftReasons,
  MANIFEST_FILE,
  RENDERER,
  type Report,
  readManifest,
  readReport,
  readSignatures,
  renderReport,
  SIGNATURE_FILE,
  verifySignatures,
} from "../../report/index.ts";

const FRAME: readonly string[] = [MANIFEST_FILE, SIGNATURE_FILE];

/** Reads report.json of a folder. Throws ConfigError, ReportError. */
export function readFinishedReport(folder: string): Report {
  return readReport(textOf(folder, "report.json"));
}

/** What is true of a report whose files are all as they were written. */
export interface VerifiedReport {
  readonly report: Report;
  readonly files: number;
  /** Why it is a draft; empty for one that counts. */
  readonly draft: readonly string[];
  /** False where another version of this package drew the page, so that it cannot be drawn again. */
  readonly redrawn: boolean;
}

/**
 * Verifies a report's folder: files against the manifest, signatures over it, evidence against report.json, and
 * report.html against a page drawn anew. Does not ask whose keys these are.
 * @throws ReportError QKD_REPORT_DAMAGED, QKD_REPORT_SIGNATURE; ConfigError QKD_CONFIG_UNREADABLE.
 */
export function verifyFolder(folder: string): VerifiedReport {
  const manifestText = textOf(folder, MANIFEST_FILE);
  const manifest = readManifest(manifestText);
  const found = filesBelow(folder)
    .filter((path) => !FRAME.includes(path))
    .map((path) => ({ path, sha256: sha256Of(bytesOf(folder, path)) }));
  compareWithManifest(manifest, found);
  const text = textOf(folder, "report.json");
  const report = readReport(text);
  compareWithManifest(
    report.raw.map(({ file, sha256 }) => ({ path: file, sha256 })),
    found.filter(({ path }) => path !== "report.json" && path !== "report.html"),
  );
  verifySignatures(readSignatures(textOf(folder, SIGNATURE_FILE)), report.signers, manifestText);
  if (report.signers.length === 0)
    throw new ReportError("QKD_REPORT_SIGNATURE", "nobody has signed this report");
  const redrawn = report.tool.renderer === RENDERER;
  if (redrawn && renderReport(report, sha256Of(Buffer.from(text))) !== textOf(folder, "report.html"))
    throw new ReportError("QKD_REPORT_DAMAGED", "report.html does not show what report.json says");
  return { report, files: manifest.length + FRAME.length, draft: draftReasons(report), redrawn };
}

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Text of a file as UTF-8, byte for byte: what is no UTF-8 would be read as something that is not there. */
function textOf(folder: string, file: string): string {
  const bytes = bytesOf(folder, file);
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes))
    throw new ReportError("QKD_REPORT_DAMAGED", `${file} is not UTF-8`);
  return text;
}

function bytesOf(folder: string, file: string): Buffer {
  try {
    return readFileSync(join(folder, file));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && file !== "report.json")
      throw new ReportError("QKD_REPORT_DAMAGED", `${file} is missing in ${folder}`, { cause });
    throw new ConfigError(
      "QKD_CONFIG_UNREADABLE",
      `${join(folder, file)} cannot be read: ${fileReason(cause)}`,
      {
        cause,
        context: { path: join(folder, file) },
        remedy: "name the folder of a finished report",
      },
    );
  }
}
