import { FrameError } from "../../errors/index.ts";
import { crc16 } from "./crc16.ts";
import type { FrameHead, FrameKind } from "./frame.ts";

/** First four bytes of every frame, "QKDL" (SPEC 3.1). */
export const SYNC = Uint8Array.of(0x51, 0x4b, 0x44, 0x4c);
/** The version of the framing and of every message in this catalogue. */
export const PROTOCOL_VERSION = 1;
/** Bytes of a frame header. */
export const HEADER_BYTES = 16;
/** Bytes of the payload checksum behind the payload. */
export const TRAILER_BYTES = 4;
/** Most bytes a payload may have, 1 MiB. */
export const MAX_PAYLOAD_BYTES = 1 << 20;
/** Most bytes the payload of a request may have (SPEC 3.5): the limit of a device's scanner. */
export const MAX_REQUEST_PAYLOAD_BYTES = 4096;

const REPLY = 1;
const EVENT = 2;
const REPEAT = 4;
const ERROR = 8;

const FLAGS: Readonly<Record<FrameKind, number>> = {
  request: 0,
  reply: REPLY,
  error: REPLY | ERROR,
  event: EVENT,
};

/** Why sixteen bytes behind a sync word are no header. */
export type HeaderFault = "header" | "version" | "flags" | "length";

/** A header's meaning with the number of payload bytes that follow. */
export interface FrameHeader extends FrameHead {
  readonly payloadBytes: number;
}

/**
 * Reads the header at `start`, whose sync word was already seen; needs `HEADER_BYTES` bytes there. The checksum is
 * judged first: only an intact header can be of another version.
 */
export function readHeader(
  bytes: Uint8Array,
  start: number,
  maxPayloadBytes: number,
): FrameHeader | HeaderFault {
  const at = (offset: number): number => bytes[start + offset] as number;
  if (crc16(bytes, start, start + 14) !== at(14) * 256 + at(15)) return "header";
  if (at(4) !== PROTOCOL_VERSION) return "version";
  const flags = at(5);
  const kind = kindOf(flags);
  if (kind === undefined) return "flags";
  const payloadBytes = at(10) * 2 ** 24 + at(11) * 65536 + at(12) * 256 + at(13);
  if (payloadBytes > maxPayloadBytes) return "length";
  return {
    kind,
    repeat: (flags & REPEAT) !== 0,
    sequence: at(6) * 256 + at(7),
    opcode: at(8) * 256 + at(9),
    payloadBytes,
  };
}

function kindOf(flags: number): FrameKind | undefined {
  switch (flags) {
    case 0:
    case REPEAT:
      return "request";
    case REPLY:
      return "reply";
    case REPLY | ERROR:
      return "error";
    case EVENT:
      return "event";
    default:
      return undefined;
  }
}

/** Writes a header. Throws FrameError for fields out of range, a repeat that is no request, or too long a payload. */
export function writeHeader(head: FrameHead, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const limit = head.kind === "request" ? MAX_REQUEST_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES;
  if (payloadBytes > limit)
    throw new FrameError("QKD_FRAME_TOO_LARGE", `payload must be at most ${limit} bytes`, {
      context: { payloadBytes },
      ...(head.kind === "request" && { remedy: "send a shorter value" }),
    });
  refuseUnless(Object.hasOwn(FLAGS, head.kind), "kind must be request, reply, error or event");
  refuseUnless(head.kind === "request" || !head.repeat, "only a request can be a repeat");
  refuseUnless(isU16(head.sequence), "sequence must have 16 bits");
  refuseUnless(isU16(head.opcode), "opcode must have 16 bits");
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(SYNC);
  bytes[4] = PROTOCOL_VERSION;
  bytes[5] = FLAGS[head.kind] | (head.repeat ? REPEAT : 0);
  view.setUint16(6, head.sequence);
  view.setUint16(8, head.opcode);
  view.setUint32(10, payloadBytes);
  view.setUint16(14, crc16(bytes, 0, 14));
  return bytes;
}

const isU16 = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xffff;

function refuseUnless(condition: boolean, sentence: string): void {
  if (!condition) throw new FrameError("QKD_FRAME_FIELD", sentence);
}
