import type { QkdErrorCode } from "./codes.ts";
import {
  CodecError,
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
  RequestError,
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
  QKD_PHYSICS_: ConfigError,
  QKD_SCENARIO_: ConfigError,
  QKD_KERNEL_: KernelError,
  QKD_KEYSTORE_: KeyStoreError,
  QKD_PEER_: PeerError,
  QKD_AUTH_: PeerError,
  QKD_DISTILLATION_: DistillationError,
  QKD_LINK_: LinkError,
  QKD_DELIVERY_: DeliveryError,
  QKD_EMULATOR_: EmulatorError,
  QKD_PTY_: EmulatorError,
  QKD_INTERNAL: InternalError,
} as const;

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

/** The error itself if it is one of ours, else QKD_INTERNAL with what was thrown as its cause. */
export function knownError(cause: unknown): QkdError {
  if (cause instanceof QkdError) return cause;
  return new InternalError("QKD_INTERNAL", cause instanceof Error ? cause.message : String(cause), { cause });
}
