import { CodecError } from "../../errors/index.ts";
import {
  describeFrame,
  type FrameEvent,
  FrameScanner,
  type FramingOptions,
  messageCodecOf,
  messageNameOf,
} from "../../protocol/index.ts";
import type { Decoded } from "./decoded.ts";
import { plainFields } from "./plain-value.ts";

/** What bytes of the session plane say: as a rule one frame, else each frame and each run of bytes that were none. */
export function decodeSession(bytes: Uint8Array, framing: FramingOptions = {}): Decoded[] {
  const scanner = new FrameScanner(framing);
  const events: FrameEvent[] = [...scanner.push(bytes)];
  while (scanner.pendingBytes > 0) events.push(...scanner.abandon());
  return events.map(decodeFrameEvent);
}

function decodeFrameEvent(event: FrameEvent): Decoded {
  const [title = "", ...lines] = describeFrame(event);
  if (event.kind === "garbage")
    return {
      name: "damaged",
      kind: "damaged",
      title,
      lines,
      fields: { bytes: event.bytes, reason: event.reason },
    };
  const { frame } = event;
  const { kind, sequence, opcode } = frame;
  const facts = { kind, title, lines, sequence, opcode, name: messageNameOf(frame) ?? "unknown" };
  const codec = messageCodecOf(frame);
  if (codec === undefined) return { ...facts, fields: {} };
  try {
    return { ...facts, fields: plainFields(codec.rows, codec.decode(frame.payload) as object) };
  } catch (error) {
    if (error instanceof CodecError) return { ...facts, fields: {}, malformed: error.message };
    throw error;
  }
}
