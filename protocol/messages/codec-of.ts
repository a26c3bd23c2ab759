import { checkArgument, rule } from "../../options/index.ts";
import type { MessageCodec } from "../codec/message-codec.ts";
import type { Frame } from "../framing/frame.ts";
import { COMMANDS, commandNameOf, EVENTS, eventNameOf } from "./catalog.ts";
import { errorReply } from "./error-reply.ts";

const FRAME = rule.like(
  { kind: rule.choice("request", "reply", "error", "event"), opcode: rule.anyNumber },
  "a frame with its kind and opcode",
);

/** Name of the command or event that a frame is of; undefined for an opcode that the catalogue does not know. */
export function messageNameOf(frame: Pick<Frame, "kind" | "opcode">): string | undefined {
  checkArgument("frame", frame, FRAME);
  const { kind, opcode } = frame;
  return kind === "event" ? eventNameOf(opcode) : commandNameOf(opcode);
}

/** The codec of a frame's payload; undefined for an opcode that the catalogue does not know. */
export function messageCodecOf(frame: Pick<Frame, "kind" | "opcode">): MessageCodec<unknown> | undefined {
  checkArgument("frame", frame, FRAME);
  const { kind, opcode } = frame;
  if (kind === "error") return errorReply as MessageCodec<unknown>;
  const event = kind === "event" ? eventNameOf(opcode) : undefined;
  if (event !== undefined) return EVENTS[event].event as MessageCodec<unknown>;
  const command = kind === "event" ? undefined : commandNameOf(opcode);
  if (command === undefined) return undefined;
  return COMMANDS[command][kind === "request" ? "request" : "reply"] as MessageCodec<unknown>;
}
