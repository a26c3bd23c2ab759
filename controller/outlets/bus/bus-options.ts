import { ConfigError } from "../../../errors/index.ts";
import { checkOptions, maybe, type RulesOf, rule } from "../../../options/index.ts";
import { checkIdentity, readCertificates, readRevocations } from "../../../trust/index.ts";

/** Certificates for servers by TLS, PEM. The server's certificate is always verified. */
export interface BusTls {
  readonly ca: string;
  /** Certificates that this authority took back. */
  readonly crl?: string;
  /** Ours, where the server asks for them. */
  readonly cert?: string;
  readonly key?: string;
}

/** NATS servers with JetStream that are told what happens at a site. */
export interface BusOptions {
  /** `tls://host:port` or, on this machine alone, `nats://127.0.0.1:port`; those of one cluster. */
  readonly servers: readonly string[];
  readonly tls?: BusTls;
  /** Text of a credentials file (user JWT and seed), where the server wants one. */
  readonly credentials?: string;
  /** Second part of every subject, common to all sites of a network; default `local`. */
  readonly network?: string;
  /** Stream that keeps the messages; made where it is missing. Default `qkd-` and the network. */
  readonly stream?: string;
  /** Seconds between two messages on link, stock and delivery; default 10. */
  readonly telemetryS?: number;
}

const PEM = rule.anyText("PEM text");

export const BUS_RULES: RulesOf<BusOptions> = {
  servers: rule.list(rule.text("tls://host:port")),
  tls: maybe(rule.object<BusTls>({ ca: PEM, crl: maybe(PEM), cert: maybe(PEM), key: maybe(PEM) })),
  credentials: maybe(rule.anyText("a credentials file")),
  network: maybe(rule.text()),
  stream: maybe(rule.text()),
  telemetryS: maybe(rule.number(1, 3600)),
};

export const DEFAULT_NETWORK = "local";
export const DEFAULT_TELEMETRY_S = 10;

const ADDRESS = /^(tls|nats):\/\/(\[[0-9a-fA-F:.]+\]|[^/:?#@\s[\]]+):(\d{1,5})$/;
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;
/** A token of a subject, and the name of a stream: no blank, point, star or angle bracket. */
const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const MOST_SERVERS = 16;

/** ConfigError naming the member that cannot be used, or that says nothing where it stands. */
export function checkBus(options: BusOptions): void {
  checkOptions("nats", options, BUS_RULES);
  const { servers, tls, network, stream } = options;
  if (servers.length === 0 || servers.length > MOST_SERVERS)
    throw impossible(`nats.servers has ${servers.length} addresses`, `give one to ${MOST_SERVERS}`);
  const kinds = new Set(servers.map(kindOf));
  if (kinds.size > 1)
    throw impossible("nats.servers mixes tls:// and nats://", "give the addresses of one cluster");
  if (kinds.has("tls") && tls === undefined)
    throw impossible(
      "nats.authority is needed for tls:// addresses",
      "give the authority that signs the servers' certificates",
    );
  if (!kinds.has("tls") && tls !== undefined)
    throw impossible(
      "nats.authority has no effect on nats://",
      "use tls://host:port, or take the certificates out",
    );
  for (const [name, value] of Object.entries({ network, stream }))
    if (value !== undefined && !TOKEN.test(value))
      throw impossible(`nats.${name} (${value}) cannot be part of a subject`, "use letters, digits, - and _");
  if (tls !== undefined) checkTls(tls);
}

/** A name as a token of a subject. */
export function subjectToken(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "_";
}

function kindOf(address: string): string {
  const [, kind, host = "", port] = ADDRESS.exec(address) ?? [];
  if (kind === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw impossible(`nats.servers (${address}) is no address of a server`, "use tls://host:port");
  if (kind === "nats" && !LOOPBACK.test(host))
    throw impossible(
      `nats.servers (${address}) would be told in the clear over a network`,
      "use tls://host:port; nats:// serves on this machine alone",
    );
  return kind;
}

function checkTls({ ca, crl, cert, key }: BusTls): void {
  readCertificates(ca, "nats.authority");
  if (crl !== undefined) readRevocations(crl, "nats.crl");
  if ((cert === undefined) !== (key === undefined))
    throw impossible("nats.certificate and nats.privateKey belong together", "give both or neither");
  if (cert !== undefined && key !== undefined)
    checkIdentity({
      certificate: cert,
      certificateName: "nats.certificate",
      privateKey: key,
      privateKeyName: "nats.privateKey",
    });
}

function impossible(what: string, remedy: string): ConfigError {
  return new ConfigError("QKD_CONFIG_INVALID", what, { remedy });
}
