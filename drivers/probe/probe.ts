import { knownError, type QkdError, TransportError } from "../../errors/index.ts";
import { checkArgument, checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { IDENTIFICATION_OBJECTS } from "../../protocol/index.ts";
import type { DeviceIdentity } from "../device/identity.ts";
import { openTelemetryLine } from "../modbus/telemetry-line.ts";
import { printable } from "../session/printable.ts";
import { formatAddress, parseAddress, type TelemetryAddress } from "../transport/address.ts";
import { openTransport } from "../transport/open-transport.ts";
import { TLS_RULES, type TlsCredentials } from "../transport/tls-credentials.ts";
import { type Identified, identifyOnce } from "./identify-once.ts";
import { linesToTry } from "./line-scan.ts";
import { type PortTrouble, portTrouble } from "./port-access.ts";

/** What answered at an address, or why nothing did. */
export type ProbeFinding =
  | {
      readonly found: "transceiver";
      /** Complete, with the settings of the line that were found. */
      readonly address: string;
      readonly identity: DeviceIdentity;
      /** What the device was doing; undefined where it did not say so in time. */
      readonly state: Identified["state"];
    }
  | {
      readonly found: "telemetry";
      readonly address: string;
      /** Undefined where the device does not name it. */
      readonly identity: {
        readonly [Name in "vendor" | "model" | "firmware" | "serial" | "role"]: string | undefined;
      };
    }
  | {
      readonly found: "nothing";
      readonly address: string;
      readonly error: QkdError;
      /** Of a serial port that could not be opened. */
      readonly trouble?: PortTrouble;
    };

type Nothing = Extract<ProbeFinding, { found: "nothing" }>;

/** How an address is probed; every part has a default. */
export interface ProbeOptions {
  /** Longest wait for a connection, and for an answer on it; 800 ms. A device answers `identify` within 500 ms. */
  readonly timeoutMs?: number;
  /** How long to listen for the state of a device that answered; 1500 ms, 0 for not at all. */
  readonly statusMs?: number;
  /** Certificates for a `tls://` address. */
  readonly tls?: TlsCredentials;
  /** Told of each try on a line whose settings are scanned. */
  readonly trying?: (address: string) => void;
  readonly signal?: AbortSignal;
}

const RULES: RulesOf<ProbeOptions> = {
  timeoutMs: maybe(rule.wait()),
  statusMs: maybe(rule.wait(0)),
  tls: maybe(rule.open<TlsCredentials>(TLS_RULES)),
  trying: maybe(rule.callback),
  signal: maybe(rule.instance(AbortSignal, "an AbortSignal")),
};

const TIMEOUT_MS = 800;
const STATUS_MS = 1_500;

/**
 * Asks what is behind an address. A serial address without settings (`serial:/dev/ttyUSB0`) is tried at every usual speed
 * and parity. Writes `identify`, or the Modbus request for the identification, and nothing else.
 * Resolves also when nothing answers; rejects with TransportError QKD_TRANSPORT_ADDRESS for what is no address and
 * ConfigError for impossible options.
 */
export async function probeAddress(text: string, options: ProbeOptions = {}): Promise<ProbeFinding> {
  checkArgument("the address", text, rule.text("an address"));
  checkOptions("the options of probeAddress", options, RULES);
  const address = parseAddress(text);
  switch (address.kind) {
    case "modbus+tcp":
    case "modbus+rtu+tcp":
    case "modbus+rtu":
      return probeTelemetry(address, options);
    case "serial":
      return text.includes("?") ? probeCommand(address, options) : scanLine(address.path, options);
    default:
      return probeCommand(address, options);
  }
}

async function probeCommand(
  address: Parameters<typeof openTransport>[0],
  { timeoutMs = TIMEOUT_MS, statusMs = STATUS_MS, tls, signal }: ProbeOptions,
): Promise<ProbeFinding> {
  const name = formatAddress(address);
  try {
    const transport = await openTransport(address, {
      connectTimeoutMs: timeoutMs,
      ...(tls === undefined ? {} : { tls }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { identity, state } = await identifyOnce(transport, { answerMs: timeoutMs, statusMs });
    return { found: "transceiver", address: name, identity, state };
  } catch (error) {
    return nothingAt(name, address.kind === "serial" ? address.path : undefined, knownError(error));
  }
}

async function scanLine(path: string, options: ProbeOptions): Promise<ProbeFinding> {
  const address = `serial:${path}`;
  let last: Nothing | undefined;
  for (const line of linesToTry(path)) {
    if (options.signal?.aborted) break;
    options.trying?.(formatAddress(line));
    const finding = await probeCommand(line, options);
    // What cannot be opened at one speed cannot be at another.
    if (finding.found !== "nothing") return finding;
    if (finding.trouble !== undefined) return { ...finding, address };
    last = finding;
  }
  const error = last?.error ?? new TransportError("QKD_TRANSPORT_CLOSED", `Probing ${address} was given up`);
  return { found: "nothing", address, error };
}

async function probeTelemetry(
  address: TelemetryAddress,
  { timeoutMs = TIMEOUT_MS, signal = new AbortController().signal }: ProbeOptions,
): Promise<ProbeFinding> {
  const name = formatAddress(address);
  try {
    const line = await openTelemetryLine(address, { connectTimeoutMs: timeoutMs, timeoutMs }, signal);
    try {
      const objects = await line.readIdentification();
      const text = (object: keyof typeof IDENTIFICATION_OBJECTS) => {
        const value = objects.get(IDENTIFICATION_OBJECTS[object].id);
        return value === undefined ? undefined : printable(value);
      };
      return {
        found: "telemetry",
        address: name,
        identity: {
          vendor: text("vendorName"),
          model: text("productCode"),
          firmware: text("majorMinorRevision"),
          serial: text("serialNumber"),
          role: text("role"),
        },
      };
    } finally {
      await line.close();
    }
  } catch (error) {
    return nothingAt(name, address.kind === "modbus+rtu" ? address.path : undefined, knownError(error));
  }
}

async function nothingAt(address: string, path: string | undefined, error: QkdError): Promise<Nothing> {
  if (path === undefined || error.code !== "QKD_TRANSPORT_OPEN") return { found: "nothing", address, error };
  return { found: "nothing", address, error, trouble: await portTrouble(path, error) };
}
