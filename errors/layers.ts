import { QkdError } from "./qkd-error.ts";

/** A message could not be decoded or encoded. */
export class CodecError extends QkdError {}
/** A frame broke the limits of the framing layer. */
export class FrameError extends QkdError {}
/** A byte transport or a Modbus line failed. */
export class TransportError extends QkdError {}
/** A request to a device got no usable reply. */
export class RequestError extends QkdError {}
/** The device refused or failed a command. */
export class DeviceError extends QkdError {}
/** A configuration, scenario or physical parameter is impossible. */
export class ConfigError extends QkdError {}
/** The key store cannot do what was asked. */
export class KeyStoreError extends QkdError {}
/** The other site's controller cannot be reached or breaks the protocol. */
export class PeerError extends QkdError {}
/** Distillation stopped or discarded a block. */
export class DistillationError extends QkdError {}
/** A key delivery request was refused. */
export class DeliveryError extends QkdError {}
/** A number-crunching kernel is missing or was given what it cannot work on. */
export class KernelError extends QkdError {}
