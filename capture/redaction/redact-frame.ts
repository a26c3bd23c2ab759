import {
  COMMANDS,
  commandNameOf,
  EVENTS,
  encodeFrame,
  errorReply,
  eventNameOf,
  type FieldRow,
  type Frame,
  type FrameEvent,
  type FramingOptions,
  HEADER_BYTES,
  MAX_REQUEST_PAYLOAD_BYTES,
  TRAILER_BYTES,
} from "../../protocol/index.ts";
import type { DamageReason } from "../packet/pseudo-header.ts";
import { redactPayload } from "./redact-payload.ts";

/** A packet that may be kept. */
export interface RedactedPacket {
  readonly bytes: Uint8Array;
  readonly redacted: boolean;
  readonly damaged: boolean;
  readonly repeat: boolean;
  readonly reason: DamageReason;
}

/** Longest run of garbage that is recorded in one packet. */
export const MOST_DAMAGED_BYTES = 1 << 16;

/**
 * What may be recorded of something that passed a session: a frame whose planes are zero and whose checksum is computed anew;
 * zeros, as many as there were, of bytes that were none, since raw key may be among them. Frames of unknown opcodes and
 * those that contradict their declaration keep their header alone.
 */
export function redactFrame(event: FrameEvent, framing: FramingOptions = {}): RedactedPacket[] {
  if (event.kind === "garbage") return zeros(event.bytes, event.reason);
  const { frame } = event;
  // No encoder makes such a frame: only a stranger sends one.
  if (frame.kind === "request" && frame.payload.length > MAX_REQUEST_PAYLOAD_BYTES)
    return zeros(HEADER_BYTES + frame.payload.length + TRAILER_BYTES, "length");
  const { bytes, redacted } = redactPayload(rowsOf(frame), frame.payload);
  return [
    {
      bytes: encodeFrame(frame, bytes, framing),
      redacted,
      damaged: false,
      repeat: frame.repeat,
      reason: "none",
    },
  ];
}

/** Packets of zeros in the place of bytes that were no frame. */
export function zeros(count: number, reason: DamageReason): RedactedPacket[] {
  const packets: RedactedPacket[] = [];
  for (let left = count; left > 0; left -= MOST_DAMAGED_BYTES)
    packets.push({
      bytes: new Uint8Array(Math.min(left, MOST_DAMAGED_BYTES)),
      redacted: true,
      damaged: true,
      repeat: false,
      reason,
    });
  return packets;
}

/** The declaration of a frame's payload, or undefined for an opcode that has none. */
export function rowsOf({ kind, opcode }: Pick<Frame, "kind" | "opcode">): readonly FieldRow[] | undefined {
  if (kind === "error") return errorReply.rows;
  if (kind === "event") {
    const name = eventNameOf(opcode);
    return name === undefined ? undefined : EVENTS[name].event.rows;
  }
  const name = commandNameOf(opcode);
  return name === undefined ? undefined : COMMANDS[name][kind === "request" ? "request" : "reply"].rows;
}
