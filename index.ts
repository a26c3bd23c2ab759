export * from "./controller/index.ts";
export * from "./drivers/index.ts";
// How the program itself makes errors and sends them between its threads is its own affair.
export {
  CodecError,
  type CodeOf,
  ConfigError,
  DeliveryError,
  DeviceError,
  DistillationError,
  EmulatorError,
  ERROR_REMEDIES,
  type ErrorContext,
  FrameError,
  InternalError,
  KernelError,
  KeyStoreError,
  LinkError,
  PeerError,
  QkdError,
  type QkdErrorCode,
  type QkdErrorOptions,
  RequestError,
  TransportError,
} from "./errors/index.ts";
