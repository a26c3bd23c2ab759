import { inspect } from "node:util";
import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FrameError } from "../../errors/index.ts";
import { encodeFrame, encodeFrameParts } from "./encode-frame.ts";
import { Frame } from "./frame.ts";
import { MAX_PAYLOAD_BYTES, MAX_REQUEST_PAYLOAD_BYTES } from "./header.ts";

const head = { kind: "event", repeat: false, sequence: 258, opcode: 0x8020 } as const;
const payload = Uint8Array.from({ length: 100 }, (_, index) => index);

describe("encoding frames", () => {
  it("hands the payload's pieces through and checks them together", () => {
    const pieces = [payload.subarray(0, 33), new Uint8Array(0), payload.subarray(33)];
    const parts = encodeFrameParts(head, pieces);
    expect(parts).toHaveLength(4);
    expect(parts[1]).toBe(pieces[0]);
    expect(parts[2]).toBe(pieces[2]);
    expect(Buffer.concat(parts)).toEqual(Buffer.from(encodeFrame(head, payload)));
  });

  it("gives the same bytes with another CRC-32", () => {
    const fast = encodeFrame(head, payload, { crc32: (bytes, init) => zlibCrc32(bytes, init) });
    expect(fast).toEqual(encodeFrame(head, payload));
  });

  it("takes a payload of the limit and refuses one byte more", () => {
    expect(encodeFrame(head, new Uint8Array(MAX_PAYLOAD_BYTES))).toHaveLength(MAX_PAYLOAD_BYTES + 20);
    expect(() => encodeFrame(head, new Uint8Array(MAX_PAYLOAD_BYTES + 1))).toThrow(
      expect.objectContaining({ code: "QKD_FRAME_TOO_LARGE" }),
    );
    const half = new Uint8Array(MAX_PAYLOAD_BYTES / 2 + 1);
    expect(() => encodeFrameParts(head, [half, half])).toThrow(FrameError);
  });

  it("takes requests of their own, smaller limit", () => {
    const request = { ...head, kind: "request" } as const;
    expect(encodeFrame(request, new Uint8Array(MAX_REQUEST_PAYLOAD_BYTES))).toHaveLength(4116);
    expect(() => encodeFrame(request, new Uint8Array(MAX_REQUEST_PAYLOAD_BYTES + 1))).toThrow(
      expect.objectContaining({ code: "QKD_FRAME_TOO_LARGE", remedy: "send a shorter value" }),
    );
  });

  it.each([
    { sequence: -1 },
    { sequence: 65_536 },
    { sequence: 1.5 },
    { opcode: 65_536 },
    { opcode: Number.NaN },
    { repeat: true },
    { kind: "reply", repeat: true },
    { kind: "other" },
  ] as never[])("refuses a head with %o", (change: object) => {
    expect(() => encodeFrame({ ...head, ...change }, payload)).toThrow(
      expect.objectContaining({ code: "QKD_FRAME_FIELD" }),
    );
  });

  it("prints a frame without its payload", () => {
    const frame = new Frame(head, Uint8Array.of(171, 205));
    const texts = [inspect({ frame }), JSON.stringify({ frame }), `${frame}`];
    expect(texts[1]).toBe(
      '{"frame":{"kind":"event","repeat":false,"sequence":258,"opcode":32800,"payloadBytes":2}}',
    );
    expect(texts[2]).toBe("[event 0x8020, sequence 258, 2 payload bytes]");
    for (const text of texts) expect(text).not.toMatch(/171|205|abcd/i);
  });
});
