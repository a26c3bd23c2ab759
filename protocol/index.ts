export type { AllowedValues, FieldRow } from "./codec/field.ts";
export type { MessageCodec, MessageOf } from "./codec/message-codec.ts";
export { planeBytes } from "./codec/plane.ts";
export { describeFields } from "./describe/describe-fields.ts";
export { describeFrame } from "./describe/describe-frame.ts";
export { describePeerMessage } from "./describe/describe-peer-message.ts";
export { quoted } from "./describe/quoted.ts";
export { SERVICE_TYPE } from "./discovery.ts";
export { crc16 } from "./framing/crc16.ts";
export { type Crc32, crc32 } from "./framing/crc32.ts";
export { encodeFrame, encodeFrameParts, type FramingOptions } from "./framing/encode-frame.ts";
export { Frame, type FrameHead, type FrameKind } from "./framing/frame.ts";
export {
  type FrameEvent,
  FrameScanner,
  type FrameScannerOptions,
  type GarbageReason,
} from "./framing/frame-scanner.ts";
export {
  HEADER_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_REQUEST_PAYLOAD_BYTES,
  PROTOCOL_VERSION,
  SYNC,
  TRAILER_BYTES,
} from "./framing/header.ts";
export { modbusCrc16 } from "./framing/modbus-crc16.ts";
export { ALARM_LEVELS, ALARM_SEVERITIES } from "./messages/alarms.ts";
export { CALIBRATION_OUTCOMES, CALIBRATION_STEPS, CALIBRATION_VARIANTS } from "./messages/calibration.ts";
export {
  COMMANDS,
  type CommandName,
  commandNameOf,
  commandOf,
  EVENTS,
  type EventName,
  type EventOf,
  eventNameOf,
  eventOf,
  type ReplyOf,
  type RequestOf,
} from "./messages/catalog.ts";
export { messageCodecOf, messageNameOf } from "./messages/codec-of.ts";
export type { CommandDeclaration, EventDeclaration } from "./messages/declaration.ts";
export { LOG_LEVELS } from "./messages/device-log.ts";
export {
  DEVICE_ERROR_CODES,
  type DeviceErrorCode,
  type ErrorReply,
  errorReply,
} from "./messages/error-reply.ts";
export { HISTOGRAM_KINDS } from "./messages/histogram.ts";
export { CAPABILITIES, type Capability, ROLES } from "./messages/identify.ts";
export { LEASE_ENDINGS, MAX_LEASE_S } from "./messages/lease.ts";
export {
  MAX_DWELL_MS,
  MAX_MEASUREMENT_POINTS,
  MEASUREMENT_CELLS,
  MEASUREMENT_KINDS,
  MEASUREMENT_OUTCOMES,
} from "./messages/measurement.ts";
export {
  PARAMETERS,
  type ParameterDeclaration,
  type ParameterName,
  parameterNameOf,
} from "./messages/parameter-table.ts";
export { PARAMETER_ACCESS, PARAMETER_TYPES } from "./messages/parameters.ts";
export { QRX_PLANES, QTX_PLANES } from "./messages/raw-key.ts";
export { RESET_KINDS } from "./messages/reset.ts";
export { TEST_OUTCOMES } from "./messages/self-test.ts";
export { DEVICE_STATES } from "./messages/status.ts";
export { TUNE_MODES, TUNE_OUTCOMES, TUNE_TARGETS } from "./messages/tune.ts";
export * from "./peer/index.ts";
export {
  ALARM_BITS,
  ALARMS,
  type AlarmDeclaration,
  type AlarmName,
  alarmNameOf,
  DISCRETE_INPUT_COUNT,
  DISCRETE_INPUTS,
} from "./registers/alarm-table.ts";
export {
  COIL_COUNT,
  COILS,
  HOLDING_REGISTER_COUNT,
  HOLDING_REGISTERS,
  IDENTIFICATION_OBJECTS,
} from "./registers/control-registers.ts";
export { REGISTER_MAP_VERSION } from "./registers/counters.ts";
export {
  decodeRegister,
  encodeRegister,
  type RegisterDeclaration,
  type RegisterType,
  registerWords,
} from "./registers/register.ts";
export { type RegisterLevel, registerLevel } from "./registers/register-level.ts";
export {
  decodeInputRegisters,
  encodeInputRegisters,
  INPUT_REGISTER_COUNT,
  INPUT_REGISTER_COUNT_V1,
  INPUT_REGISTERS,
  type RegisterName,
  type RegisterValues,
} from "./registers/register-map.ts";
export { SecretBytes } from "./secret-bytes.ts";
