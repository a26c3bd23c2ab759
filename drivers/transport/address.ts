import { TransportError } from "../../errors/index.ts";
import { checkArgument, checkOptions, rule } from "../../options/index.ts";
import { formatHostPort, parseHostPort } from "./host-port.ts";
import { parseQuery, type Query } from "./query.ts";

export type Parity = "none" | "even" | "odd";

/** Settings of one serial line. Speeds in bits per second. */
export interface SerialLine {
  /** Device file (`/dev/ttyUSB0`) or port name (`COM3`). */
  readonly path: string;
  readonly baud: number;
  readonly parity: Parity;
  readonly dataBits: 7 | 8;
  readonly stopBits: 1 | 2;
}

/** A serial port carrying the command protocol. */
export interface SerialAddress extends SerialLine {
  readonly kind: "serial";
}

/** A TCP or TLS socket carrying the command protocol. */
export interface SocketAddress {
  readonly kind: "tcp" | "tls";
  /** Name, IPv4 or IPv6 address, the latter without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Telemetry plane over Modbus TCP. */
export interface ModbusTcpAddress {
  readonly kind: "modbus+tcp";
  readonly host: string;
  readonly port: number;
  readonly unit: number;
}

/** Telemetry plane over a Modbus RTU line. */
export interface ModbusRtuAddress extends SerialLine {
  readonly kind: "modbus+rtu";
  readonly unit: number;
}

/** Telemetry plane over RTU frames in a TCP stream, as gateways of serial lines carry them. */
export interface ModbusRtuOverTcpAddress {
  readonly kind: "modbus+rtu+tcp";
  readonly host: string;
  readonly port: number;
  readonly unit: number;
}

/** Where the command protocol of a transceiver is reached. */
export type DeviceAddress = SerialAddress | SocketAddress;
/** Where the telemetry registers of a transceiver are reached. */
export type TelemetryAddress = ModbusTcpAddress | ModbusRtuOverTcpAddress | ModbusRtuAddress;
export type Address = DeviceAddress | TelemetryAddress;

const KIND = rule.choice("serial", "tcp", "tls", "modbus+tcp", "modbus+rtu+tcp", "modbus+rtu");
const UNIT = rule.whole(0, 255);

const SOCKET = { kind: KIND, host: rule.text(), port: rule.whole(1, 65_535) };
const LINE = {
  kind: KIND,
  path: rule.text(),
  baud: rule.whole(50, 12_000_000),
  parity: rule.choice("none", "even", "odd"),
  dataBits: rule.whole(7, 8),
  stopBits: rule.whole(1, 2),
};

/** Throws ConfigError QKD_CONFIG_INVALID naming what no address has. */
function checkAddress(address: Address): void {
  checkArgument("address", address, rule.anyObject);
  checkArgument("address.kind", address.kind, KIND);
  const unit = address.kind.startsWith("modbus") ? { unit: UNIT } : {};
  const rules = address.kind === "serial" || address.kind === "modbus+rtu" ? LINE : SOCKET;
  checkOptions<object>("an address", address, { ...rules, ...unit } as object);
}

const DEFAULT_BAUD = { serial: 3_000_000, "modbus+rtu": 115_200 } as const;
const MODBUS_TCP_PORT = 502;

/**
 * Reads an address: `serial:/dev/ttyUSB0?baud=3000000&parity=none&dataBits=8&stopBits=1`, `tcp://host:port`,
 * `tls://host:port`, `modbus+tcp://host[:502]?unit=1`, `modbus+rtu+tcp://host[:502]?unit=1`, `modbus+rtu:/dev/ttyUSB1?baud=115200&unit=1`.
 * IPv6 hosts stand in brackets; `%`, `?` and `#` in a serial path are percent-encoded. Unknown, repeated or
 * impossible settings are refused with QKD_TRANSPORT_ADDRESS.
 */
export function parseAddress(text: string): Address {
  if (typeof text !== "string") throw badAddress(String(text), "it is no text");
  const scheme = /^(serial|tcp|tls|modbus\+tcp|modbus\+rtu\+tcp|modbus\+rtu):(.*)$/s.exec(text);
  if (scheme === null)
    throw badAddress(text, "its scheme is not serial, tcp, tls, modbus+tcp, modbus+rtu+tcp or modbus+rtu");
  const kind = scheme[1] as Address["kind"];
  const [rest = "", ...queries] = (scheme[2] ?? "").split("?");
  if (queries.length > 1) throw badAddress(text, "it has two question marks");
  const fail = (reason: string) => badAddress(text, reason);
  const query = parseQuery(queries[0], fail);
  const address = assemble(kind, rest, query, fail);
  query.refuseRest();
  return address;
}

const isTelemetry = (address: Address): address is TelemetryAddress => address.kind.startsWith("modbus+");

/** Reads an address that must name a command port, not a telemetry port. */
export function parseDeviceAddress(text: string): DeviceAddress {
  const address = parseAddress(text);
  if (isTelemetry(address))
    throw badAddress(text, "Modbus carries telemetry alone; give it as the telemetry address");
  return address;
}

/** Reads an address that must name a telemetry port. */
export function parseTelemetryAddress(text: string): TelemetryAddress {
  const address = parseAddress(text);
  if (isTelemetry(address)) return address;
  throw badAddress(text, "telemetry needs a modbus+tcp, modbus+rtu+tcp or modbus+rtu address");
}

/** The canonical text of an address: `parseAddress` reads it back to the same value. */
export function formatAddress(address: Address): string {
  checkAddress(address);
  switch (address.kind) {
    case "tcp":
    case "tls":
      return `${address.kind}://${formatHostPort(address)}`;
    case "modbus+tcp":
    case "modbus+rtu+tcp":
      return `${address.kind}://${formatHostPort(address)}?unit=${address.unit}`;
    case "serial":
      return `serial:${formatLine(address)}`;
    case "modbus+rtu":
      return `modbus+rtu:${formatLine(address)}&unit=${address.unit}`;
  }
}

type Fail = (reason: string) => TransportError;

function assemble(kind: Address["kind"], rest: string, query: Query, fail: Fail): Address {
  switch (kind) {
    case "tcp":
    case "tls":
      return { kind, ...parseHostPort(rest, undefined, fail) };
    case "modbus+tcp":
      return { kind, ...parseHostPort(rest, MODBUS_TCP_PORT, fail), unit: query.integer("unit", 1, 0, 255) };
    case "modbus+rtu+tcp":
      return { kind, ...parseHostPort(rest, MODBUS_TCP_PORT, fail), unit: lineUnit(query) };
    case "serial":
      return { kind, ...parseLine(rest, DEFAULT_BAUD[kind], query, fail) };
    case "modbus+rtu":
      return {
        kind,
        ...parseLine(rest, DEFAULT_BAUD[kind], query, fail),
        unit: lineUnit(query),
      };
  }
}

/** Units that a Modbus line can have. */
const lineUnit = (query: Query): number => query.integer("unit", 1, 1, 247);

function parseLine(encodedPath: string, defaultBaud: number, query: Query, fail: Fail): SerialLine {
  return {
    path: decodePath(encodedPath, fail),
    baud: query.integer("baud", defaultBaud, 50, 12_000_000),
    parity: query.choice("parity", ["none", "even", "odd"], "none"),
    dataBits: query.choice("dataBits", ["8", "7"], "8") === "8" ? 8 : 7,
    stopBits: query.choice("stopBits", ["1", "2"], "1") === "1" ? 1 : 2,
  };
}

function decodePath(encoded: string, fail: Fail): string {
  let path: string;
  try {
    path = decodeURIComponent(encoded);
  } catch {
    throw fail("the path has a broken percent-encoding");
  }
  if (path === "") throw fail("it names no serial port");
  if (path.startsWith("//"))
    throw fail("a serial path follows the colon directly, as in serial:/dev/ttyUSB0");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u001f\u007f]/.test(path)) throw fail("the path holds a control character");
  return path;
}

function formatLine(line: SerialLine): string {
  const path = line.path.replace(/[%?#\s]/g, encodeURIComponent);
  return `${path}?baud=${line.baud}&parity=${line.parity}&dataBits=${line.dataBits}&stopBits=${line.stopBits}`;
}

function badAddress(text: string, reason: string): TransportError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new TransportError("QKD_TRANSPORT_ADDRESS", `Address ${JSON.stringify(shown)} is wrong: ${reason}`, {
    context: { address: shown, reason },
  });
}
