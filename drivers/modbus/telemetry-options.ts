import { maybe, type RulesOf, rule } from "../../options/index.ts";
import { WIRE_TAP, type WireTap } from "../transport/wire-tap.ts";

/** How the line of a telemetry plane is opened. */
export interface TelemetryLineOptions {
  /** Longest wait for a connection, 5 s unless told. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for a reply, 1 s unless told. */
  readonly timeoutMs?: number;
  /** Silence kept on an RTU line after a failure, 200 ms unless told. */
  readonly quietMs?: number;
  /** Refuses a device with another serial number (QKD_DEVICE_IDENTITY). */
  readonly expectedSerial?: string;
  /** Is told of every Modbus frame in both directions. */
  readonly tap?: WireTap;
}

/** How telemetry is read. */
export interface TelemetryOptions extends TelemetryLineOptions {
  /** Time from one round to the next, 1 s unless told. */
  readonly intervalMs?: number;
}

export const TELEMETRY_RULES: RulesOf<TelemetryOptions> = {
  connectTimeoutMs: maybe(rule.wait()),
  timeoutMs: maybe(rule.wait()),
  quietMs: maybe(rule.wait()),
  expectedSerial: maybe(rule.text()),
  tap: maybe(WIRE_TAP),
  intervalMs: maybe(rule.wait()),
};
