import { readFileSync } from "node:fs";
import type { TlsCredentials } from "../../drivers/index.ts";
import { ConfigError } from "../../errors/index.ts";
import type { SiteDraft } from "./site-config.ts";

/** Certificates for a `tls://` transceiver, as a site's file names them; undefined for none. ConfigError naming the field. */
export function transceiverTls(
  transceiver: NonNullable<SiteDraft["transceiver"]>,
): TlsCredentials | undefined {
  const { authority, certificate, privateKey, serverName } = transceiver;
  const credentials = {
    ...(authority === undefined ? {} : { ca: pem("authority", authority) }),
    ...(certificate === undefined ? {} : { cert: pem("certificate", certificate) }),
    ...(privateKey === undefined ? {} : { key: pem("privateKey", privateKey) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  return Object.keys(credentials).length === 0 ? undefined : credentials;
}

function pem(field: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const name = `transceiver.${field} (${file})`;
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${name} cannot be read`, {
      cause,
      context: { field: name },
      remedy: "check that the file exists and is readable",
    });
  }
}
