import { checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { TELEMETRY_RULES, type TelemetryOptions } from "../modbus/telemetry-options.ts";
import { SESSION_RULES, type SessionOptions } from "../session/session-options.ts";
import { TLS_RULES, type TlsCredentials } from "../transport/tls-credentials.ts";
import { WIRE_TAP, type WireTap } from "../transport/wire-tap.ts";
import type { BackOffPolicy } from "./back-off.ts";
import type { TransceiverIdentity } from "./transceiver.ts";

/** How a transceiver is opened; every part has a default. */
export interface TransceiverOptions {
  /** Address of the telemetry plane, `modbus+tcp://…` or `modbus+rtu:…`. Without it health comes from the protocol alone. */
  readonly telemetry?: string;
  readonly telemetryOptions?: TelemetryOptions;
  /** Certificates for a `tls://` address. */
  readonly tls?: TlsCredentials;
  /** Longest wait for one connection, 5 s. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for the first connection with all its attempts, 10 s; Infinity waits for ever. */
  readonly openTimeoutMs?: number;
  /** Gives the opening up (QKD_TRANSPORT_CLOSED); without effect once it is open. */
  readonly signal?: AbortSignal;
  /** Timeouts, repeats and heartbeat. */
  readonly session?: SessionOptions;
  /** Waits between attempts to reconnect. */
  readonly reconnect?: BackOffPolicy;
  /** Is told of everything on the lines of session and telemetry; stands before those of `session` and `telemetryOptions`. */
  readonly tap?: WireTap;
  /** Refuses a device of the other role with QKD_DEVICE_ROLE. */
  readonly role?: TransceiverIdentity["role"];
  /** Health is told at every change and at least this often while somebody listens, 1 s. */
  readonly healthIntervalMs?: number;
}

const RULES: RulesOf<TransceiverOptions> = {
  telemetry: maybe(rule.text("a modbus+tcp, modbus+rtu+tcp or modbus+rtu address")),
  telemetryOptions: maybe(rule.object<TelemetryOptions>(TELEMETRY_RULES)),
  tls: maybe(rule.open<TlsCredentials>(TLS_RULES)),
  connectTimeoutMs: maybe(rule.wait()),
  openTimeoutMs: maybe(rule.number(1, Number.POSITIVE_INFINITY)),
  signal: maybe(rule.instance(AbortSignal, "an AbortSignal")),
  session: maybe(rule.object<SessionOptions>(SESSION_RULES)),
  reconnect: maybe(
    rule.object<BackOffPolicy>({
      initialMs: rule.wait(),
      maxMs: rule.wait(),
      factor: rule.number(1, 100),
      jitter: rule.number(0, 1),
    }),
  ),
  tap: maybe(WIRE_TAP),
  role: maybe(rule.choice("qtx", "qrx")),
  healthIntervalMs: maybe(rule.wait()),
};

/** Throws ConfigError QKD_CONFIG_INVALID for impossible options, naming the field. */
export function checkTransceiverOptions(options: TransceiverOptions): void {
  checkOptions("the options of openTransceiver", options, RULES);
}
