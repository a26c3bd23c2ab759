import { ConfigError } from "../errors/index.ts";
import { type Pem, pemBlocks } from "./pem-blocks.ts";

/** ConfigError QKD_CONFIG_INVALID about one credential; `name` is its field or option, with the file where there is one. */
export function credentialFault(name: string, wrong: string, remedy: string, cause?: unknown): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", `${name}: ${wrong}`, {
    context: { field: name },
    remedy,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What a PEM text holds, in words: `is empty`, `holds a PRIVATE KEY, no certificate`. */
export function holdsInstead(pem: Pem | undefined | null, wanted: string): string {
  if (pem === undefined || pem === null || pem.length === 0) return `is empty, holds no ${wanted}`;
  const labels = [...new Set(pemBlocks(pem).map(({ label }) => label))];
  return labels.length === 0 ? `holds no ${wanted}` : `holds ${labels.join(", ")}, no ${wanted}`;
}
