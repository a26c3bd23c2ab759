import type { BusOptions } from "../../controller/index.ts";
import { pemOf } from "./pem-of.ts";
import type { SiteConfig } from "./read-config.ts";
import { wordOf } from "./site-alarms.ts";

/**
 * What a site's configuration says of the NATS servers that its events are told to, with the files that it names; undefined
 * for none. Throws ConfigError and KeyStoreError naming field or file.
 */
export function siteBus({ nats }: Pick<SiteConfig, "nats">): BusOptions | undefined {
  if (nats === undefined) return undefined;
  const { authority, crl, certificate, privateKey, credentialsFile, ...options } = nats;
  const pem = (name: string, file: string) => pemOf(file, `nats.${name} (${file})`);
  return {
    ...options,
    ...(authority === undefined
      ? {}
      : {
          tls: {
            ca: pem("authority", authority),
            ...(crl === undefined ? {} : { crl: pem("crl", crl) }),
            ...(certificate === undefined ? {} : { cert: pem("certificate", certificate) }),
            ...(privateKey === undefined ? {} : { key: pem("privateKey", privateKey) }),
          },
        }),
    ...(credentialsFile === undefined ? {} : { credentials: credentialsOf(credentialsFile) }),
  };
}

const MOST_CREDENTIALS_BYTES = 65_536;

/** What a file of credentials holds; KeyStoreError as `readSecretFile`. */
export const credentialsOf = (file: string): string => wordOf(file, MOST_CREDENTIALS_BYTES);
