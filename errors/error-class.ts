import type { QkdErrorCode } from "./codes.ts";
import {
  CaptureError,
  CodecError,
  CommissionError,
  ConfigError,
  DeliveryError,
  DeviceError,
  DistillationError,
  EmulatorError,
  FrameError,
  InternalError,
  KernelError,
  KeyStoreError,
  LinkError,
  PeerError,
  ReportError,
  RequestError,
  SiteError,
  TransportError,
} from "./layers.ts";
import { QkdError, type QkdErrorOptions } from "./qkd-error.ts";

/** The class of each code, by how the code begins; no beginning is a beginning of another. */
const CLASSES = {
  QKD_CODEC_: CodecError,
  QKD_FRAME_: FrameError,
  QKD_TRANSPORT_: TransportError,
  QKD_MODBUS_: TransportError,
  QKD_REQUEST_: RequestError,
  QKD_DEVICE_: DeviceError,
  QKD_CONFIG_: ConfigError,
  QKD_USAGE: ConfigError,
  QKD_OUTPUT_: ConfigError,
  QKD_CAPTURE_: CaptureError,
  QKD_PHYSICS_: ConfigError,
  QKD_SCENARIO_: ConfigError,
  QKD_KERNEL_: KernelError,
  QKD_KEYSTORE_: KeyStoreError,
  QKD_PEER_: PeerError,
  QKD_AUTH_: PeerError,
  QKD_DISTILLATION_: DistillationError,
  QKD_SITE_: SiteError,
  QKD_LINK_: LinkError,
  QKD_REPORT_: ReportError,
  QKD_COMMISSION_: CommissionError,
  QKD_DELIVERY_: DeliveryError,
  QKD_EMULATOR_: EmulatorError,
  QKD_PTY_: EmulatorError,
  QKD_INTERNAL: InternalError,
} as const;

const MEMORY_CODES: readonly string[] = [
  "ENOMEM",
  "ERR_WORKER_OUT_OF_MEMORY",
  "ERR_MEMORY_ALLOCATION_FAILED",
];

type Beginning = keyof typeof CLASSES;

/** The class that carries a code. */
export type ErrorOf<Code extends QkdErrorCode> = {
  [B in Beginning]: Code extends `${B}${string}` ? InstanceType<(typeof CLASSES)[B]> : never;
}[Beginning];

type ErrorClass = new (code: QkdErrorCode, sentence: string, options?: QkdErrorOptions) => QkdError;

/** The class that a code belongs to. */
export function errorClass(code: QkdErrorCode): ErrorClass {
  const found = Object.entries(CLASSES).find(([beginning]) => code.startsWith(beginning));
  return (found?.[1] ?? InternalError) as ErrorClass;
}

/** An error whose code is known only at run time, of the class that the code belongs to. */
export function errorOf<Code extends QkdErrorCode>(
  code: Code,
  sentence: string,
  options: QkdErrorOptions = {},
): ErrorOf<Code> {
  return new (errorClass(code))(code, sentence, options) as ErrorOf<Code>;
}

/**
 * The error itself if it is one of ours; QKD_CONFIG_MACHINE where memory ran out; else QKD_INTERNAL. What was thrown is
 * its cause.
 */
export function knownError(cause: unknown): QkdError {
  if (cause instanceof QkdError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return memoryShortage(cause) ?? new InternalError("QKD_INTERNAL", message, { cause });
}

/** QKD_CONFIG_MACHINE for what the engine, the system and threads throw where no memory is left; null for all else. */
export function memoryShortage(cause: unknown): ConfigError | null {
  if (!(cause instanceof Error)) return null;
  const { code = "" } = cause as NodeJS.ErrnoException;
  if (!MEMORY_CODES.includes(code) && !/allocat\w* (?:failed|memory)|out of memory/i.test(cause.message))
    return null;
  return new ConfigError("QKD_CONFIG_MACHINE", `memory ran out: ${cause.message}`, {
    cause,
    remedy:
      "free memory, or lift its limit (ulimit -v, a container's); smaller blocks and frames take less of it",
  });
}
