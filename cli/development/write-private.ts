import { writeFileSync } from "node:fs";
import { ConfigError, fileReason } from "../../errors/index.ts";

/** Writes a file of mode 0600. ConfigError QKD_OUTPUT_WRITE where it cannot be written. */
export function writePrivate(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content, { mode: 0o600 });
  } catch (cause) {
    throw new ConfigError("QKD_OUTPUT_WRITE", `${path} cannot be written: ${fileReason(cause)}`, { cause });
  }
}
