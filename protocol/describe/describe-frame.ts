import { CodecError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { Frame } from "../framing/frame.ts";
import type { FrameEvent } from "../framing/frame-scanner.ts";
import { messageCodecOf, messageNameOf } from "../messages/codec-of.ts";
import { byteCount } from "./byte-count.ts";
import { describeFields } from "./describe-fields.ts";

const EVENT = rule.either(
  rule.like(
    { kind: rule.choice("frame"), frame: rule.instance(Frame, "a Frame") },
    "a frame that a scanner gave",
  ),
  rule.like(
    { kind: rule.choice("garbage"), bytes: rule.anyNumber, reason: rule.anyText("a reason") },
    "garbage that it passed over",
  ),
);

/**
 * What a scanner made of a device's bytes, in words: a line of what it is, then a line for each field of its message.
 * Never throws for what a scanner gave.
 */
export function describeFrame(event: FrameEvent): string[] {
  checkArgument("event", event, EVENT);
  if (event.kind === "garbage") return [`${byteCount(event.bytes)} passed over: ${event.reason}`];
  const { frame } = event;
  const title = titleOf(frame);
  const codec = messageCodecOf(frame);
  if (codec === undefined) return [title];
  try {
    return [title, ...describeFields(codec.rows, codec.decode(frame.payload) as object)];
  } catch (error) {
    if (error instanceof CodecError) return [title, `malformed: ${error.message}`];
    throw error;
  }
}

function titleOf(frame: Frame): string {
  const { kind, repeat, opcode, sequence, payload } = frame;
  const what = `${repeat ? "repeated " : ""}${kind} ${messageNameOf(frame) ?? "of an unknown opcode"}`;
  return `${what} (0x${opcode.toString(16).padStart(4, "0")}), sequence ${sequence}, ${byteCount(payload.length)}`;
}
