import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BaselineFile, baselineText, readBaseline } from "../../diagnosis/index.ts";
import { ConfigError, fileReason } from "../../errors/index.ts";

/** Where the baseline of a link lies unless a file is named. */
export const usualBaselinePath = (linkId: string): string =>
  join(".qkdlink", "baselines", `${linkId.replaceAll(/[^0-9A-Za-z._-]/g, "_")}.json`);

/**
 * Reads the baseline of a link; null for a link that nobody named.
 * @throws ConfigError QKD_CONFIG_UNREADABLE where there is none, QKD_CONFIG_INVALID for another file or another link's.
 */
export function loadBaseline(path: string, linkId: string | null): BaselineFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `there is no baseline ${path} to compare the link with`, {
      cause,
      context: { path },
      remedy:
        "learn one while the link is healthy (explain ADDR ADDR --learn), or name one with --baseline FILE",
    });
  }
  const file = readBaseline(text, path);
  if (linkId !== null && file.linkId !== linkId)
    throw new ConfigError("QKD_CONFIG_INVALID", `the baseline ${path} was learnt from another link`, {
      context: { path, linkId, learntFrom: file.linkId },
      remedy: "name the baseline of this link, or learn a new one after units were exchanged",
    });
  return file;
}

/** Whether the file can be written there is tried before hours of learning. @throws ConfigError QKD_OUTPUT_WRITE. */
export function prepareBaseline(path: string): void {
  written(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, "");
    rmSync(`${path}.new`);
  });
}

/** Writes a baseline; one that was there is replaced only by a whole one. @throws ConfigError QKD_OUTPUT_WRITE. */
export function saveBaseline(path: string, file: Omit<BaselineFile, "schema">): void {
  written(path, () => {
    writeFileSync(`${path}.new`, baselineText(file), { flush: true });
    renameSync(`${path}.new`, path);
  });
}

function written(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    leaveNothing(`${path}.new`);
    throw new ConfigError(
      "QKD_OUTPUT_WRITE",
      `the baseline ${path} cannot be written: ${fileReason(cause)}`,
      {
        cause,
        context: { path },
      },
    );
  }
}

function leaveNothing(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // There is no place for it, so there is none of it.
  }
}
