import { maybe, type RulesOf, rule } from "../../options/index.ts";

/** Certificates for `tls://` addresses, PEM text. The device's certificate is always verified. */
export interface TlsCredentials {
  /** Authorities that may have signed the device's certificate; the system's own when absent. */
  readonly ca?: string | readonly string[];
  /** Our certificate and key, where the device asks for them. */
  readonly cert?: string;
  readonly key?: string;
  /** Name expected in the device's certificate, where it differs from the host of the address. */
  readonly serverName?: string;
}

const PEM = rule.anyText("PEM text");

export const TLS_RULES: RulesOf<TlsCredentials> = {
  ca: maybe(rule.either(PEM, rule.list(PEM))),
  cert: maybe(PEM),
  key: maybe(PEM),
  serverName: maybe(rule.text()),
};
