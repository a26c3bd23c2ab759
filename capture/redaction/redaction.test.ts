import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  COMMANDS,
  EVENTS,
  encodePeerHeader,
  errorReply,
  type FieldRow,
  Frame,
  type FrameHead,
  FrameScanner,
  PEER_MESSAGES,
  SecretBytes,
} from "../../protocol/index.ts";
import { fieldSpans } from "./field-spans.ts";
import { MOST_DAMAGED_BYTES, redactFrame } from "./redact-frame.ts";
import { redactPayload } from "./redact-payload.ts";
import { redactPeerMessage } from "./redact-peer-message.ts";

interface Sample {
  readonly name: string;
  readonly rows: readonly FieldRow[];
  readonly payload: Uint8Array;
}

const samples: Sample[] = [
  ...Object.entries(COMMANDS).flatMap(([name, { request, reply }]) => [
    ...request.samples.map((sample) => ({
      name: `${name} request`,
      rows: request.rows,
      payload: request.encode(sample as never),
    })),
    ...reply.samples.map((sample) => ({
      name: `${name} reply`,
      rows: reply.rows,
      payload: reply.encode(sample as never),
    })),
  ]),
  ...Object.entries(EVENTS).flatMap(([name, { event }]) =>
    event.samples.map((sample) => ({ name, rows: event.rows, payload: event.encode(sample as never) })),
  ),
  ...errorReply.samples.map((sample) => ({
    name: "error",
    rows: errorReply.rows,
    payload: errorReply.encode(sample),
  })),
  ...PEER_MESSAGES.flatMap((message) =>
    message.samples.map((sample) => ({
      name: message.name,
      rows: message.rows,
      payload: new Uint8Array(Buffer.concat(message.encode(sample))),
    })),
  ),
];

const hidden = ({ redacted, type }: FieldRow): boolean => redacted === true || type.startsWith("plane");

describe("the fields of a message", () => {
  it("are found by its rows, in every message, to its last byte and no further", () => {
    for (const { name, rows, payload } of samples) {
      const spans = fieldSpans(rows, payload);
      expect(spans, name).toBeDefined();
      const ends = spans?.map(({ offset, bytes }) => offset + bytes) ?? [];
      expect(ends, name).toEqual(ends.toSorted((a, b) => a - b));
      // A message of records alone may go on or end between two of them.
      const open = rows.some(({ type }) => type === "records");
      if (!open) expect(fieldSpans(rows, Uint8Array.of(...payload, 0)), name).toBeUndefined();
      if (!open && payload.length > 0)
        expect(fieldSpans(rows, payload.subarray(0, -1)), name).toBeUndefined();
    }
  });

  it("of any bytes are found or not, without a failure", () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.uint8Array({ maxLength: 300 }), ({ rows }, bytes) => {
        for (const { offset, bytes: length } of fieldSpans(rows, bytes) ?? [])
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});

describe("what may be recorded", () => {
  it("of every message differs from it in redacted fields and planes alone, which are zero", () => {
    for (const { name, rows, payload } of samples) {
      const { bytes, redacted } = redactPayload(rows, payload);
      const spans = fieldSpans(rows, payload) ?? [];
      expect(redacted, name).toBe(spans.some(({ row }) => hidden(row)));
      const expected = payload.slice();
      for (const { row, offset, bytes: length } of spans)
        if (hidden(row)) expected.fill(0, offset, offset + length);
      expect(bytes, name).toEqual(expected);
    }
  });

  it.each(["rawKeyQtx", "rawKeyQrx"] as const)(
    "of %s has no bit of its planes, its length and a right checksum",
    (name) => {
      const { event, opcode } = EVENTS[name];
      const planes = new SecretBytes(new Uint8Array((name === "rawKeyQtx" ? 4 : 2) * 2).fill(0xab));
      const payload = event.encode({ ...event.samples[0], detections: 16, planes } as never);
      const frame = new Frame({ kind: "event", repeat: false, sequence: 4, opcode }, new Uint8Array(payload));
      const [packet] = redactFrame({ kind: "frame", frame });
      const events = new FrameScanner().push(packet?.bytes ?? new Uint8Array());
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({ kind: "frame", frame: { sequence: 4, opcode } });
      const read = (events[0] as { frame: Frame }).frame.payload;
      expect(read).toHaveLength(payload.length);
      expect(event.decode(read)).toMatchObject({ detections: 16 });
      expect([...(packet?.bytes ?? [])].filter((byte) => byte === 0xab)).toEqual([]);
      expect(packet).toMatchObject({ redacted: true, damaged: false });
    },
  );

  it("of bytes that were no frame is their number", () => {
    expect(redactFrame({ kind: "garbage", bytes: 7, reason: "payload" })).toEqual([
      { bytes: new Uint8Array(7), redacted: true, damaged: true, repeat: false, reason: "payload" },
    ]);
    const long = redactFrame({ kind: "garbage", bytes: 2 * MOST_DAMAGED_BYTES + 1, reason: "noise" });
    expect(long.map(({ bytes }) => bytes.length)).toEqual([MOST_DAMAGED_BYTES, MOST_DAMAGED_BYTES, 1]);
  });

  const frame = (head: Partial<FrameHead>, payload: Uint8Array) =>
    redactFrame({
      kind: "frame",
      frame: new Frame(
        { kind: "reply", repeat: false, sequence: 1, opcode: 2, ...head },
        new Uint8Array(payload),
      ),
    })[0];

  it.each([
    ["an unknown opcode", { opcode: 0x7777 }],
    ["raw key that contradicts its declaration", { kind: "event", opcode: 0x8020 }],
    ["a reply with bytes behind its end", { opcode: 1 }],
    ["an error reply of raw key", { kind: "error", opcode: 1 }],
  ] as const)("of a frame of %s is its header", (_, head) => {
    const packet = frame(head, new Uint8Array(150).fill(0xab));
    expect(packet?.bytes).toHaveLength(16 + 150 + 4);
    expect([...(packet?.bytes ?? [])].includes(0xab)).toBe(false);
    expect(new FrameScanner().push(packet?.bytes ?? new Uint8Array())).toMatchObject([{ kind: "frame" }]);
  });

  it("of a request longer than any is its length", () => {
    expect(frame({ kind: "request" }, new Uint8Array(5000).fill(0xab))).toMatchObject({
      bytes: new Uint8Array(5020),
      damaged: true,
      reason: "length",
    });
  });

  it("of messages between controllers has neither tag, proof nor ciphertext", () => {
    for (const { name, kind, rows, samples: values, encode } of PEER_MESSAGES)
      for (const value of values) {
        const body = new Uint8Array(Buffer.concat(encode(value)));
        const { bytes } = redactPeerMessage(kind, body);
        expect(bytes.subarray(0, 8), name).toEqual(encodePeerHeader({ kind, bodyBytes: body.length }));
        for (const { row, offset, bytes: length } of fieldSpans(rows, body) ?? [])
          if (hidden(row))
            expect(bytes.subarray(8 + offset, 8 + offset + length), name).toEqual(new Uint8Array(length));
      }
    expect(redactPeerMessage(0x77, Uint8Array.of(1, 2)).bytes.subarray(8)).toEqual(new Uint8Array(2));
  });
});
