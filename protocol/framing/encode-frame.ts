import { checkArgument, checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import type { FrameHead } from "./frame.ts";
import { HEADER_BYTES, TRAILER_BYTES, writeHeader } from "./header.ts";

/** Replaceable part of the encoder and the scanner. */
export interface FramingOptions {
  /** A faster CRC-32 than the built-in one, such as `zlib.crc32`. */
  readonly crc32?: Crc32;
}

export const FRAMING_RULES: RulesOf<FramingOptions> = { crc32: maybe(rule.callback) };
const PARTS = rule.list(rule.bytes);

/**
 * The pieces of a frame, to be written back to back: header, the payload's pieces untouched, trailer. A raw-key
 * payload of half a MiB is sent without a copy. Throws FrameError.
 */
export function encodeFrameParts(
  head: FrameHead,
  payloadParts: readonly Uint8Array[],
  options: FramingOptions = {},
): Uint8Array[] {
  checkArgument("head", head, rule.anyObject);
  checkArgument("payloadParts", payloadParts, PARTS);
  checkOptions("the framing options", options, FRAMING_RULES);
  const checksum = options.crc32 ?? crc32;
  let payloadBytes = 0;
  let crc = 0;
  for (const part of payloadParts) payloadBytes += part.length;
  const header = writeHeader(head, payloadBytes);
  for (const part of payloadParts) crc = checksum(part, crc);
  const trailer = new Uint8Array(TRAILER_BYTES);
  new DataView(trailer.buffer).setUint32(0, crc);
  return [header, ...payloadParts.filter((part) => part.length > 0), trailer];
}

/** A frame in one piece; for the small ones. Throws FrameError. */
export function encodeFrame(
  head: FrameHead,
  payload: Uint8Array,
  options: FramingOptions = {},
): Uint8Array<ArrayBuffer> {
  checkArgument("payload", payload, rule.bytes);
  const parts = encodeFrameParts(head, [payload], options);
  const frame = new Uint8Array(HEADER_BYTES + payload.length + TRAILER_BYTES);
  let at = 0;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}
