import type { CodeOf, QkdErrorCode } from "./codes.ts";
import { QkdError, type QkdErrorOptions } from "./qkd-error.ts";

/** Ties a class to the codes of its layer. The base itself has no parameter, so that `instanceof QkdError` keeps the union. */
abstract class LayerError<Code extends QkdErrorCode> extends QkdError {
  declare readonly code: Code;

  constructor(code: Code, sentence: string, options?: QkdErrorOptions) {
    super(code, sentence, options);
  }
}

/** A message could not be decoded or encoded. */
export class CodecError extends LayerError<CodeOf<"QKD_CODEC_">> {}
/** A frame broke the limits of the framing layer. */
export class FrameError extends LayerError<CodeOf<"QKD_FRAME_">> {}
/** A byte transport or a Modbus line failed. */
export class TransportError extends LayerError<CodeOf<"QKD_TRANSPORT_" | "QKD_MODBUS_">> {}
/** A request to a device got no usable reply. */
export class RequestError extends LayerError<CodeOf<"QKD_REQUEST_">> {}
/** The device refused or failed a command. */
export class DeviceError extends LayerError<CodeOf<"QKD_DEVICE_">> {}
/** What was typed or configured is impossible: a command, a file, a scenario or a physical parameter. */
export class ConfigError extends LayerError<
  CodeOf<"QKD_CONFIG_" | "QKD_USAGE" | "QKD_OUTPUT_" | "QKD_PHYSICS_" | "QKD_SCENARIO_">
> {}
/** A recording is damaged, or does not hold what is asked of it. */
export class CaptureError extends LayerError<CodeOf<"QKD_CAPTURE_">> {}
/** A number-crunching kernel is missing or was given what it cannot work on. */
export class KernelError extends LayerError<CodeOf<"QKD_KERNEL_">> {}
/** The key store cannot do what was asked. */
export class KeyStoreError extends LayerError<CodeOf<"QKD_KEYSTORE_">> {}
/** The other site's controller cannot be reached, cannot be authenticated or breaks the protocol. */
export class PeerError extends LayerError<CodeOf<"QKD_PEER_" | "QKD_AUTH_">> {}
/** Distillation stopped or discarded a block. */
export class DistillationError extends LayerError<CodeOf<"QKD_DISTILLATION_">> {}
/** Something at one end of a link failed in a way that nobody foresaw. */
export class LinkError extends LayerError<CodeOf<"QKD_LINK_">> {}
/** A running site does not show what it is asked, or does not know it yet. */
export class SiteError extends LayerError<CodeOf<"QKD_SITE_">> {}
/** An acceptance report was changed, is not signed as it says, or cannot be signed. */
export class ReportError extends LayerError<CodeOf<"QKD_REPORT_">> {}
/** Commissioning cannot begin, or cannot go on. */
export class CommissionError extends LayerError<CodeOf<"QKD_COMMISSION_">> {}
/** A key delivery request was refused. */
export class DeliveryError extends LayerError<CodeOf<"QKD_DELIVERY_">> {}
/** The emulator, one of its ports or its container cannot run or cannot be reached. */
export class EmulatorError extends LayerError<CodeOf<"QKD_EMULATOR_" | "QKD_PTY_">> {}
/** A fault of the program itself. */
export class InternalError extends LayerError<CodeOf<"QKD_INTERNAL">> {}
