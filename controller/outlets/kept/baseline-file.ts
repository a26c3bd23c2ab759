import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { type BaselineFile, baselineText, readBaseline } from "../../../diagnosis/index.ts";
import { ConfigError, fileReason } from "../../../errors/index.ts";
import { checkArgument, rule } from "../../../options/index.ts";

/** More than a baseline holds. */
const MOST_BYTES = 1024 * 1024;

/** Who a baseline has to belong to. */
export interface BaselineOwner {
  readonly linkId: string;
  readonly role: "qtx" | "qrx";
  readonly serial: string;
}

/** Where what a site learnt of its running link lies, beside the store at `store`. */
export function learntBaselineOf(store: string): string {
  checkArgument("store", store, rule.text("the path of a store"));
  return `${store}.baseline.json`;
}

/**
 * Reads a baseline for a link and one of its units. ConfigError QKD_CONFIG_UNREADABLE where there is none, QKD_CONFIG_INVALID
 * for another file, another link's, or that of a unit that was exchanged since.
 */
export async function readOwnBaseline(path: string, owner: BaselineOwner): Promise<BaselineFile> {
  const file = readBaseline(await textOf(path), path);
  const remedy = `name the baseline of this link in dashboard.baseline, learn one anew (explain --learn), or take it out`;
  if (file.linkId !== owner.linkId)
    throw new ConfigError("QKD_CONFIG_INVALID", `the baseline ${path} was learnt from another link`, {
      context: { path, linkId: owner.linkId, learntFrom: file.linkId },
      remedy,
    });
  const learnt = file.serials[owner.role === "qtx" ? "alice" : "bob"];
  if (learnt !== owner.serial)
    throw new ConfigError("QKD_CONFIG_INVALID", `the baseline ${path} was learnt with another unit here`, {
      context: { path, serial: owner.serial, learntWith: learnt },
      remedy,
    });
  return file;
}

async function textOf(path: string): Promise<string> {
  let bytes: number;
  try {
    bytes = (await stat(path)).size;
    if (bytes <= MOST_BYTES) return await readFile(path, "utf8");
  } catch (cause) {
    throw unreadable(path, fileReason(cause), cause);
  }
  throw unreadable(path, `it has ${bytes} bytes`);
}

const unreadable = (path: string, why: string, cause?: unknown): ConfigError =>
  new ConfigError("QKD_CONFIG_UNREADABLE", `the baseline ${path} cannot be read: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
    context: { path },
    remedy: "correct dashboard.baseline, or take it out: then the running link is learnt",
  });

/** Writes a baseline; one that was there is replaced only by a whole one. Rejects with what the file system says. */
export async function keepBaseline(path: string, file: Omit<BaselineFile, "schema">): Promise<void> {
  const beside = `${path}.new`;
  try {
    await writeFile(beside, baselineText(file), { mode: 0o600, flush: true });
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => {});
    throw cause;
  }
}
