import type { TlsCredentials } from "../../drivers/index.ts";
import { pemOf } from "./pem-of.ts";
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

const pem = (field: string, file: string): string => pemOf(file, `transceiver.${field} (${file})`);
