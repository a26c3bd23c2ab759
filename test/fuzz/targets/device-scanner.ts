import {
  COMMANDS,
  describeFrame,
  EVENTS,
  encodeFrame,
  type FrameEvent,
  FrameScanner,
  HEADER_BYTES,
  TRAILER_BYTES,
} from "../../../protocol/index.ts";
import { type FuzzTarget, joined, mustEqual } from "../fuzz-target.ts";

/** Longest payload here, so that a claimed length costs no memory that hides other faults. */
const MAX_PAYLOAD_BYTES = 1 << 16;

/**
 * The scanner of a device's bytes. The first byte of an input chooses the chunks and whether the rest is the stream itself,
 * or payloads that are put into frames, of which the second byte damages one: random bytes seldom have right checksums.
 */
export const target: FuzzTarget = {
  seeds: () => {
    const ping = COMMANDS.ping.request.encode(COMMANDS.ping.request.samples[0] as never);
    const frames = [
      encodeFrame({ kind: "request", repeat: false, sequence: 1, opcode: COMMANDS.ping.opcode }, ping),
      encodeFrame(
        { kind: "event", repeat: false, sequence: 2, opcode: EVENTS.status.opcode },
        EVENTS.status.event.encode(EVENTS.status.event.samples[0] as never),
      ),
      encodeFrame({ kind: "error", repeat: false, sequence: 0xffff, opcode: 3 }, new Uint8Array()),
    ];
    return [
      joined([Uint8Array.of(2), ...frames]),
      joined([Uint8Array.of(14), ...frames.toReversed()]),
      Uint8Array.of(1, 0, 4, 1, 2, 3, 4, 0, 2, 9, 9),
      Uint8Array.of(7, 40, 4, 1, 2, 3, 4, 0, 2, 9, 9),
    ];
  },
  run: (input) => {
    const mode = input[0] ?? 0;
    const rest = input.subarray(1);
    const stream = (mode & 1) === 0 ? rest : framed(rest);
    const cut = scan(stream, (mode >> 1) + 1);
    const whole = scan(stream, stream.length + 1);
    if (whole.length !== cut.length || whole.some((text, index) => text !== cut[index]))
      throw new Error("the scanner finds something else in other chunks");
  },
};

/** Payloads, each behind a byte of its length, as frames; the first byte says where one bit is flipped, 0 nowhere. */
function framed(bytes: Uint8Array): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let at = 1; at < bytes.length; ) {
    const length = bytes[at] as number;
    const payload = bytes.subarray(at + 1, at + 1 + length);
    const kind = (["request", "reply", "error", "event"] as const)[length & 3] ?? "event";
    const head = {
      kind,
      repeat: false,
      sequence: at,
      opcode: (length & 0x3f) | (kind === "event" ? 0x8000 : 0),
    };
    frames.push(encodeFrame(head, payload));
    at += 1 + length;
  }
  const stream = joined(frames);
  const damaged = ((bytes[0] ?? 0) * 7) % Math.max(1, stream.length);
  if ((bytes[0] ?? 0) > 0 && stream.length > 0)
    stream[damaged] = (stream[damaged] as number) ^ (1 << (damaged & 7));
  return stream;
}

/** What is found, garbage of one reason added up; throws unless every byte is accounted for. */
function scan(stream: Uint8Array, chunkBytes: number): string[] {
  const scanner = new FrameScanner({ maxPayloadBytes: MAX_PAYLOAD_BYTES });
  const found: string[] = [];
  let garbage: { reason: string; bytes: number } | null = null;
  let accounted = 0;
  const take = (events: readonly FrameEvent[]): void => {
    for (const event of events) {
      describeFrame(event);
      if (event.kind === "garbage") {
        accounted += event.bytes;
        if (garbage?.reason === event.reason) garbage.bytes += event.bytes;
        else found.push(say(garbage));
        if (garbage?.reason !== event.reason) garbage = { reason: event.reason, bytes: event.bytes };
        continue;
      }
      const { payload } = event.frame;
      const bytes = HEADER_BYTES + payload.length + TRAILER_BYTES;
      found.push(say(garbage), event.frame.toString());
      garbage = null;
      mustEqual(encodeFrame(event.frame, payload), stream.subarray(accounted, accounted + bytes), "a frame");
      accounted += bytes;
    }
  };
  for (let at = 0; at < stream.length; at += chunkBytes) {
    take(scanner.push(stream.slice(at, at + chunkBytes)));
    if (accounted + scanner.pendingBytes !== Math.min(stream.length, at + chunkBytes))
      throw new Error(
        `the scanner accounts for ${accounted + scanner.pendingBytes} bytes of ${at + chunkBytes}`,
      );
  }
  while (scanner.pendingBytes > 0) take(scanner.abandon());
  if (accounted !== stream.length)
    throw new Error(`${accounted} bytes of ${stream.length} are accounted for`);
  found.push(say(garbage));
  return found.filter((text) => text !== "");
}

const say = (garbage: { reason: string; bytes: number } | null): string =>
  garbage === null ? "" : `${garbage.reason} ${garbage.bytes}`;
