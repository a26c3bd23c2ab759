import { chmodSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError, fileReason } from "../../errors/index.ts";
import { makeFolder } from "./make-folder.ts";

/**
 * A folder of mode 0700 that holds nothing, made where it is not there; `option` is the one that named it. ConfigError for
 * one that holds anything, and for one that cannot be made.
 */
export function emptyFolder(folder: string, option: string): string {
  const root = resolve(folder);
  try {
    makeFolder(root);
    const [first] = readdirSync(root);
    if (first !== undefined)
      throw new ConfigError("QKD_CONFIG_INVALID", `${root} is not empty: it holds ${first}`, {
        remedy: `name an empty folder with ${option}, or one that does not exist`,
      });
    chmodSync(root, 0o700);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `cannot make the folder ${root}: ${fileReason(cause)}`, {
      cause,
      remedy: `name a writable folder with ${option}`,
    });
  }
  return root;
}
