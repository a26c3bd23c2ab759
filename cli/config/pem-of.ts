import { readFileSync } from "node:fs";
import { ConfigError, fileReason } from "../../errors/index.ts";

/** What a file of a certificate, key or list holds. ConfigError QKD_CONFIG_UNREADABLE with `name`, its field and path. */
export function pemOf(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${name} cannot be read: ${fileReason(cause)}`, {
      cause,
      context: { field: name },
      remedy: "check that the file exists and is readable",
    });
  }
}
