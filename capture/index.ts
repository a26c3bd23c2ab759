export { decodeModbus } from "./decode/decode-modbus.ts";
export { decodePeer } from "./decode/decode-peer.ts";
export { decodeSession } from "./decode/decode-session.ts";
export type { Decoded } from "./decode/decoded.ts";
export { hexBytesOf } from "./decode/hex-text.ts";
export { type DecodedPacket, PacketDecoder } from "./decode/packet-decoder.ts";
export type { PlainValue } from "./decode/plain-value.ts";
export { dissectorSource } from "./dissector/dissector-source.ts";
export { CaptureFile, type CaptureFileOptions } from "./files/capture-file.ts";
export { readCapture } from "./files/read-capture.ts";
export { type RedactedCopy, redactedCopy } from "./files/redacted-copy.ts";
export {
  decodePseudoHeader,
  encodePseudoHeader,
  LINK_TYPES,
  type PacketDirection,
  type PacketFacts,
  type Plane,
  PSEUDO_HEADER_BYTES,
  planeOf,
} from "./packet/pseudo-header.ts";
export { type CaptureInterface, type CapturePacket, CaptureReader } from "./pcapng/capture-reader.ts";
export { interfaceBlock, packetBlock, sectionBlock } from "./pcapng/write-blocks.ts";
export { type BlockSink, Recorder, type RecorderOptions } from "./recorder/recorder.ts";
export { fileName, type RotationLimits, USUAL_ROTATION } from "./recorder/rotation.ts";
export { markBefore, readMarks, type TimeMark } from "./recorder/time-index.ts";
export { type RedactedPacket, redactFrame } from "./redaction/redact-frame.ts";
export { redactPeerMessage } from "./redaction/redact-peer-message.ts";
export { type RecordedAnswer, recordedAnswer, recordedIdentity } from "./replay/recorded-answer.ts";
export type { RegisterTable } from "./replay/recorded-registers.ts";
export { RecordedUnit } from "./replay/recorded-unit.ts";
export { ReplaySession } from "./replay/replay-session.ts";
