import { ConfigError } from "../../errors/index.ts";
import { maybe, type RulesOf, rule } from "../../options/index.ts";
import { checkIdentity, matchKind, type Pem, readCertificates } from "../../trust/index.ts";

/** PEM texts of an SAE, and of what its KME is known by. */
export interface KmeTls {
  readonly cert: Pem;
  readonly key: Pem;
  /** Authority that signed the server's certificate. */
  readonly ca: Pem;
  /** Name expected in the server's certificate where it differs from the host of the address. */
  readonly serverName?: string;
  /**
   * SHA-256 fingerprint, hexadecimal: a certificate of the server's chain (its own or an authority's) has to have it,
   * besides being signed by `ca`. Several while it is renewed.
   */
  readonly pin?: string | readonly string[];
}

/** Where an ETSI GS QKD 014 server is, and who asks. */
export interface Etsi014ClientOptions {
  /** `https://host:port`, with a path where the server lies below one. */
  readonly url: string;
  readonly tls: KmeTls;
  /** Longest wait for a whole answer; default 10 s. */
  readonly timeoutMs?: number;
  /** Default 64 MiB. */
  readonly mostAnswerBytes?: number;
  /** Connections kept at most; default 4. */
  readonly connections?: number;
}

const PEM = rule.either(rule.anyText("PEM text"), rule.bytes);

export const KME_TLS_RULES: RulesOf<KmeTls> = {
  cert: PEM,
  key: PEM,
  ca: PEM,
  serverName: maybe(rule.text()),
  pin: maybe(rule.either(rule.text(), rule.list(rule.text()))),
};

export const MAX_ANSWER_BYTES = 2 ** 30;

export const CLIENT_RULES: RulesOf<Etsi014ClientOptions> = {
  url: rule.text("an https:// address"),
  tls: rule.object<KmeTls>(KME_TLS_RULES),
  timeoutMs: maybe(rule.wait()),
  mostAnswerBytes: maybe(rule.whole(1024, MAX_ANSWER_BYTES)),
  connections: maybe(rule.whole(1, 1024)),
};

/** The address of a KME. ConfigError QKD_CONFIG_INVALID naming `name` for one that is not usable. */
export function kmeUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url?.protocol === "https:" &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  )
    return url;
  throw new ConfigError("QKD_CONFIG_INVALID", `${name} is no https:// address of host, port and path alone`, {
    context: { field: name },
    remedy: `write ${name} as https://host:port`,
  });
}

/** ConfigError QKD_CONFIG_INVALID naming the member that is empty, damaged, of another kind, or does not fit. */
export function checkKmeTls({ cert, key, ca, pin }: KmeTls, name: string): void {
  readCertificates(ca, `${name}.ca`);
  checkIdentity({
    certificate: cert,
    certificateName: `${name}.cert`,
    privateKey: key,
    privateKeyName: `${name}.key`,
  });
  if (pin !== undefined) matchKind({ fingerprint: pin }, `${name}.pin`);
}
