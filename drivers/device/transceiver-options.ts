import type { TelemetryOptions } from "../modbus/telemetry.ts";
import type { SessionOptions } from "../session/session.ts";
import type { TlsCredentials } from "../transport/tls.ts";
import type { BackOffPolicy } from "./back-off.ts";
import { ANY_MS, checkOptions, SOME_MS } from "./check-options.ts";
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
  /** Refuses a device of the other role with QKD_DEVICE_ROLE. */
  readonly role?: TransceiverIdentity["role"];
  /** Health is told at every change and at least this often while somebody listens, 1 s. */
  readonly healthIntervalMs?: number;
}

/** Throws ConfigError QKD_CONFIG_INVALID for impossible numbers, naming the field. */
export function checkTransceiverOptions(options: TransceiverOptions): void {
  const { session, reconnect, telemetryOptions } = options;
  checkOptions("", options, { connectTimeoutMs: SOME_MS, openTimeoutMs: ANY_MS, healthIntervalMs: SOME_MS });
  checkOptions("session", session, { timeoutMs: SOME_MS, heartbeatMs: SOME_MS, stallMs: SOME_MS });
  checkOptions("session", session, { attempts: [1, 100], window: [1, 8] }, true);
  checkOptions("reconnect", reconnect, {
    initialMs: SOME_MS,
    maxMs: SOME_MS,
    factor: [1, 100],
    jitter: [0, 1],
  });
  const telemetryWaits = {
    intervalMs: SOME_MS,
    connectTimeoutMs: SOME_MS,
    timeoutMs: SOME_MS,
    quietMs: SOME_MS,
  };
  checkOptions("telemetryOptions", telemetryOptions, telemetryWaits);
}
