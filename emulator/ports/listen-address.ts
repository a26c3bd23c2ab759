import { readFileSync } from "node:fs";
import { ConfigError, fileReason, TransportError } from "../../errors/index.ts";
import type { LineSettings } from "./line-settings.ts";
import type { ListenAt, TlsCredentials } from "./tcp-port.ts";

/** What an emulated transceiver can listen on. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly at: ListenAt }
  | { readonly kind: "tls"; readonly at: ListenAt; readonly credentials: TlsCredentials }
  | { readonly kind: "serial"; readonly line: LineSettings; readonly symlink?: string }
  | { readonly kind: "modbus+tcp" | "modbus+rtu+tcp"; readonly at: ListenAt; readonly unit: number }
  | {
      readonly kind: "modbus+rtu";
      readonly line: LineSettings;
      readonly symlink?: string;
      readonly unit: number;
    };

const SERIAL_BAUD = 3_000_000;
const MODBUS_BAUD = 115_200;

/**
 * Reads a listen address: `tcp://HOST:PORT`, `tls://HOST:PORT?cert=FILE&key=FILE[&ca=FILE]`,
 * `serial:[LINK][?baud=N&parity=P&stopBits=N]`, `modbus+tcp://HOST:PORT[?unit=N]`,
 * `modbus+rtu+tcp://HOST:PORT[?unit=N]` (RTU frames over TCP), `modbus+rtu:[LINK][?baud=N&parity=P&stopBits=N&unit=N]`. Port 0 takes a free port; LINK is a symbolic link to make
 * to the pseudo-terminal. Throws TransportError QKD_TRANSPORT_ADDRESS.
 */
export function parseListenAddress(address: string): ListenAddress {
  const match = /^(tcp|tls|serial|modbus\+tcp|modbus\+rtu\+tcp|modbus\+rtu):(.*)$/s.exec(address);
  if (match === null) throw bad(address, "it starts with no known kind of port");
  const [, kind, rest = ""] = match;
  const [body = "", queryText = "", ...more] = rest.split("?");
  if (more.length > 0) throw bad(address, "it has two question marks");
  const query = new Query(address, queryText);
  const parsed = read(kind as ListenAddress["kind"], address, body, query);
  query.refuseRest();
  return parsed;
}

function read(kind: ListenAddress["kind"], address: string, body: string, query: Query): ListenAddress {
  switch (kind) {
    case "tcp":
      return { kind, at: hostAndPort(address, body) };
    case "tls":
      return { kind, at: hostAndPort(address, body), credentials: credentialFiles(address, query) };
    case "modbus+tcp":
    case "modbus+rtu+tcp":
      return { kind, at: hostAndPort(address, body), unit: query.integer("unit", 1, 1, 247) };
    case "serial":
      return { kind, line: lineSettings(query, SERIAL_BAUD), ...link(body) };
    case "modbus+rtu":
      return {
        kind,
        line: lineSettings(query, MODBUS_BAUD),
        unit: query.integer("unit", 1, 1, 247),
        ...link(body),
      };
  }
}

const link = (body: string): { symlink?: string } => (body === "" ? {} : { symlink: body });

function hostAndPort(address: string, body: string): ListenAt {
  const match = /^\/\/(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})\/?$/.exec(body);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw bad(address, "it needs //HOST:PORT with a port from 0 to 65535");
  return { host: match[1] ?? match[2] ?? "", port };
}

function lineSettings(query: Query, defaultBaud: number): LineSettings {
  return {
    baud: query.integer("baud", defaultBaud, 50, 50_000_000),
    dataBits: 8,
    parity: query.choice("parity", ["none", "even", "odd"]),
    stopBits: query.integer("stopBits", 1, 1, 2) as 1 | 2,
  };
}

function credentialFiles(address: string, query: Query): TlsCredentials {
  const [cert, key, ca] = ["cert", "key", "ca"].map((name) => query.take(name));
  if (cert === undefined || key === undefined) throw bad(address, "a TLS port needs cert=FILE and key=FILE");
  const load = (path: string): Uint8Array => {
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new ConfigError(
        "QKD_CONFIG_UNREADABLE",
        `the file ${path} cannot be read: ${fileReason(cause)}`,
        {
          cause,
          remedy: "check that the file exists and is readable",
          context: { path },
        },
      );
    }
  };
  return { cert: load(cert), key: load(key), ...(ca === undefined ? {} : { ca: load(ca) }) };
}

class Query {
  readonly #address: string;
  readonly #values: URLSearchParams;

  constructor(address: string, text: string) {
    this.#address = address;
    this.#values = new URLSearchParams(text);
  }

  take(name: string): string | undefined {
    const value = this.#values.get(name) ?? undefined;
    this.#values.delete(name);
    return value;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.take(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw bad(this.#address, `${name} must be a whole number from ${least} to ${most}`);
  }

  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const text = this.take(name);
    if (text === undefined) return choices[0];
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw bad(this.#address, `${name} must be one of ${choices.join(", ")}`);
    return found;
  }

  refuseRest(): void {
    const [name] = this.#values.keys();
    if (name !== undefined) throw bad(this.#address, `it has no setting named ${name}`);
  }
}

function bad(address: string, why: string): TransportError {
  return new TransportError("QKD_TRANSPORT_ADDRESS", `The listen address ${address} is unusable: ${why}`, {
    context: { address },
    remedy:
      "use tcp://HOST:PORT, tls://HOST:PORT?cert=&key=, serial:, modbus+tcp://HOST:PORT, modbus+rtu+tcp://HOST:PORT or modbus+rtu:",
  });
}
