import { CodecError } from "../../errors/index.ts";
import {
  COMMANDS,
  commandNameOf,
  describeFrame,
  EVENTS,
  errorReply,
  eventNameOf,
  type Frame,
  type FrameEvent,
  FrameScanner,
  type FramingOptions,
  type MessageCodec,
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
  const facts = { kind, title, lines, sequence, opcode, name: nameOf(frame) };
  const codec = codecOf(frame);
  if (codec === undefined) return { ...facts, fields: {} };
  try {
    return { ...facts, fields: plainFields(codec.rows, codec.decode(frame.payload) as object) };
  } catch (error) {
    if (error instanceof CodecError) return { ...facts, fields: {}, malformed: error.message };
    throw error;
  }
}

function nameOf({ kind, opcode }: Frame): string {
  return (kind === "event" ? eventNameOf(opcode) : commandNameOf(opcode)) ?? "unknown";
}

function codecOf({ kind, opcode }: Frame): MessageCodec<unknown> | undefined {
  if (kind === "error") return errorReply as MessageCodec<unknown>;
  const event = kind === "event" ? eventNameOf(opcode) : undefined;
  if (event !== undefined) return EVENTS[event].event as MessageCodec<unknown>;
  const command = kind === "event" ? undefined : commandNameOf(opcode);
  if (command === undefined) return undefined;
  return COMMANDS[command][kind === "request" ? "request" : "reply"] as MessageCodec<unknown>;
}
