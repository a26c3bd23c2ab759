import { ConfigError } from "../../../errors/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../../options/index.ts";
import { checkIdentity, readCertificates, readRevocations } from "../../../trust/index.ts";
import { FACILITIES } from "../notices/syslog-message.ts";

/** Certificates for a `tls://` collector, PEM. Its certificate is always verified. */
export interface SyslogTls {
  readonly ca: string;
  /** Certificates that this authority took back. */
  readonly crl?: string;
  /** Ours, where the collector asks for them (RFC 5425 section 4.2.1). */
  readonly cert?: string;
  readonly key?: string;
  /** Name expected in the collector's certificate, where it differs from the host of the address. */
  readonly serverName?: string;
}

/** A collector of syslog messages. */
export interface SyslogOptions {
  /** `tls://host:port` (RFC 5425), `tcp://host:port` (RFC 6587) or `udp://host:port` (RFC 5426). */
  readonly address: string;
  readonly tls?: SyslogTls;
  /** Default `local0`. */
  readonly facility?: keyof typeof FACILITIES;
  /** How this machine is called in the messages; default its own name. */
  readonly hostname?: string;
}

const PEM = rule.anyText("PEM text");

export const SYSLOG_RULES: RulesOf<SyslogOptions> = {
  address: rule.text("tls://host:port, tcp://host:port or udp://host:port"),
  tls: maybe(
    rule.object<SyslogTls>({
      ca: PEM,
      crl: maybe(PEM),
      cert: maybe(PEM),
      key: maybe(PEM),
      serverName: maybe(rule.text()),
    }),
  ),
  facility: maybe(rule.choice(...(Object.keys(FACILITIES) as (keyof typeof FACILITIES)[]))),
  hostname: maybe(rule.text()),
};

/** Host and port of a collector. */
export interface CollectorAddress {
  readonly kind: "tls" | "tcp" | "udp";
  readonly host: string;
  readonly port: number;
}

/** Reads `KIND://host:port`. ConfigError naming `field` for what is none, or of a kind that does not count there. */
export function collectorAddress(
  address: string,
  field: string,
  kinds: readonly CollectorAddress["kind"][],
): CollectorAddress {
  const match = /^(tls|tcp|udp):\/\/(\[[0-9a-fA-F:.]+\]|[^/:?#@\s[\]]+):(\d{1,5})$/.exec(address);
  const [, kind, host, port] = match ?? [];
  const known = kinds.find((one) => one === kind);
  if (known === undefined || host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new ConfigError("QKD_CONFIG_INVALID", `${field} (${address}) is no address of a collector`, {
      remedy: `use ${kinds.map((one) => `${one}://host:port`).join(" or ")}`,
    });
  return { kind: known, host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** ConfigError naming the member that cannot be used, or that says nothing where it stands. */
export function checkSyslog(options: SyslogOptions): void {
  checkOptions("alarms.syslog", options, SYSLOG_RULES);
  const { kind } = collectorAddress(options.address, "alarms.syslog.address", ["tls", "tcp", "udp"]);
  const { tls } = options;
  if (kind === "tls" && tls === undefined)
    throw new ConfigError("QKD_CONFIG_INVALID", "alarms.syslog.tls is needed for a tls:// address", {
      remedy: "give the authority that signs the collector's certificate",
    });
  if (kind !== "tls" && tls !== undefined)
    throw new ConfigError("QKD_CONFIG_INVALID", `alarms.syslog.tls has no effect on ${kind}://`, {
      remedy: "use tls://host:port, or take the certificates out",
    });
  if (tls === undefined) return;
  readCertificates(tls.ca, "alarms.syslog.authority");
  if (tls.crl !== undefined) readRevocations(tls.crl, "alarms.syslog.crl");
  if (tls.cert !== undefined || tls.key !== undefined)
    checkIdentity({
      certificate: tls.cert,
      certificateName: "alarms.syslog.certificate",
      privateKey: tls.key,
      privateKeyName: "alarms.syslog.privateKey",
    });
}
