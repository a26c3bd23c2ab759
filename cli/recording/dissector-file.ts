import { readFileSync, writeFileSync } from "node:fs";
import { ConfigError, fileReason } from "../../errors/index.ts";

/** The Wireshark dissector of this package. */
function packagedDissector(): string {
  for (const place of ["../../capture/dissector/qkdlink.lua", "../../../capture/dissector/qkdlink.lua"])
    try {
      return readFileSync(new URL(place, import.meta.url), "utf8");
    } catch {}
  throw new ConfigError("QKD_CONFIG_UNREADABLE", "the package lacks capture/dissector/qkdlink.lua", {
    remedy: "install the package again",
  });
}

/** Writes it to a file, or to standard output for `-`. Throws ConfigError QKD_OUTPUT_WRITE. */
export function writeDissector(file: string): void {
  const source = packagedDissector();
  if (file === "-") {
    process.stdout.write(source);
    return;
  }
  try {
    writeFileSync(file, source);
  } catch (cause) {
    throw new ConfigError("QKD_OUTPUT_WRITE", `${file} cannot be written: ${fileReason(cause)}`, {
      cause,
      context: { file },
    });
  }
}
