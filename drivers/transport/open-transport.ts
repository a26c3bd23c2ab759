import { checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { type DeviceAddress, formatAddress } from "./address.ts";
import { openSerial } from "./serial-port.ts";
import type { ConnectLimits } from "./socket-connect.ts";
import { openTcp } from "./tcp.ts";
import { openTls } from "./tls.ts";
import { TLS_RULES, type TlsCredentials } from "./tls-credentials.ts";
import type { Transport } from "./transport.ts";

const CONNECT_TIMEOUT_MS = 5_000;

/** What an address alone does not say. */
export interface TransportOptions {
  readonly tls?: TlsCredentials;
  /** Longest wait for a connection, 5 s unless told. */
  readonly connectTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

const RULES: RulesOf<TransportOptions> = {
  tls: maybe(rule.open<TlsCredentials>(TLS_RULES)),
  connectTimeoutMs: maybe(rule.wait()),
  signal: maybe(rule.instance(AbortSignal, "an AbortSignal")),
};

/** Opens the transport an address names. Rejects with a TransportError. */
export async function openTransport(
  address: DeviceAddress,
  options: TransportOptions = {},
): Promise<Transport> {
  checkOptions("the options of openTransport", options, RULES);
  const name = formatAddress(address);
  const limits: ConnectLimits = {
    timeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    signal: options.signal,
  };
  switch (address.kind) {
    case "serial":
      return openSerial(name, address, limits);
    case "tcp":
      return openTcp(name, address, limits);
    case "tls":
      return openTls(name, address, options.tls ?? {}, limits);
  }
}
