import { describe, expect, it } from "vitest";
import { crc16 } from "./crc16.ts";
import { crc32 } from "./crc32.ts";
import { encodeFrame } from "./encode-frame.ts";
import { type FrameEvent, FrameScanner } from "./frame-scanner.ts";

const encode = (sequence: number, payload: Uint8Array = Uint8Array.of(1, 2, 3)): Uint8Array =>
  encodeFrame({ kind: "request", repeat: false, sequence, opcode: 1 }, payload);

const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** Events as short texts: `frame 7`, `noise 3`. */
const short = (events: readonly FrameEvent[]): string[] =>
  events.map((event) =>
    event.kind === "frame" ? `frame ${event.frame.sequence}` : `${event.reason} ${event.bytes}`,
  );

function scan(bytes: Uint8Array, chunkBytes = bytes.length): string[] {
  const scanner = new FrameScanner();
  const events: FrameEvent[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    events.push(...scanner.push(bytes.subarray(at, at + chunkBytes)));
  return short(events);
}

/** A frame with header bytes changed and the header checksum made right again. */
function withHeader(frame: Uint8Array, change: (header: Uint8Array) => void): Uint8Array {
  const copy = Uint8Array.from(frame);
  change(copy);
  new DataView(copy.buffer).setUint16(14, crc16(copy, 0, 14));
  return copy;
}

describe("the scanner", () => {
  it("finds frames one after the other, whatever the chunks", () => {
    const stream = join(encode(1), encode(2, new Uint8Array(0)), encode(3, new Uint8Array(300)));
    for (const chunkBytes of [1, 2, 15, 16, 17, 19, 40, 1000])
      expect(scan(stream, chunkBytes)).toEqual(["frame 1", "frame 2", "frame 3"]);
  });

  it("tells every header field and gives the payload a buffer of its own", () => {
    const chunk = encodeFrame(
      { kind: "error", repeat: false, sequence: 0xfffe, opcode: 0x1234 },
      Uint8Array.of(9, 8),
    );
    const [event] = new FrameScanner().push(chunk);
    chunk.fill(0xee);
    if (event?.kind !== "frame") return expect.unreachable();
    const { frame } = event;
    expect({ ...frame }).toEqual({ kind: "error", repeat: false, sequence: 0xfffe, opcode: 0x1234 });
    expect(frame.payload).toEqual(Uint8Array.of(9, 8));
    expect(frame.payload.buffer.byteLength).toBe(2);
  });

  it("passes over noise, and over sync words that go nowhere", () => {
    expect(scan(join([0, 1, 2], encode(1), [0x51, 0x4b, 0x44], encode(2), [0x51]))).toEqual([
      "noise 3",
      "frame 1",
      "noise 3",
      "frame 2",
    ]);
    expect(scan(join([0x51, 0x4b, 0x44, 0x4c], encode(1)))).toEqual(["header 1", "noise 3", "frame 1"]);
  });

  it("passes over noise in chunks of any size alike", () => {
    const stream = join([0x51, 0x51, 0x4b], [0x51, 0x4b, 0x44], encode(1), [7, 0x51, 0x51], encode(2));
    const merged = (chunkBytes: number): string[] => {
      const out: string[] = [];
      for (const text of scan(stream, chunkBytes)) {
        const [word, count] = text.split(" ");
        const [lastWord, lastCount] = (out.at(-1) ?? "").split(" ");
        if (word === "noise" && lastWord === "noise")
          out[out.length - 1] = `noise ${Number(lastCount) + Number(count)}`;
        else out.push(text);
      }
      return out;
    };
    for (let chunkBytes = 1; chunkBytes < 40; chunkBytes++)
      expect(merged(chunkBytes)).toEqual(["noise 6", "frame 1", "noise 3", "frame 2"]);
  });

  it("tells a damaged header, another version, wrong flags and too long a payload apart", () => {
    const good = encode(1);
    const rest = good.length - 1;
    const damaged = Uint8Array.from(good);
    damaged[7] = 9;
    const cases: [string, Uint8Array][] = [
      ["header", damaged],
      ["version", withHeader(good, (header) => header.set([2], 4))],
      ["flags", withHeader(good, (header) => header.set([0x10], 5))],
      ["flags", withHeader(good, (header) => header.set([3], 5))],
      ["flags", withHeader(good, (header) => header.set([8], 5))],
      ["flags", withHeader(good, (header) => header.set([5], 5))],
      ["length", withHeader(good, (header) => header.set([0, 0x10, 0, 1], 10))],
      ["length", withHeader(good, (header) => header.set([0xff, 0xff, 0xff, 0xff], 10))],
    ];
    for (const [reason, bytes] of cases)
      expect(scan(join(bytes, encode(2)))).toEqual([`${reason} 1`, `noise ${rest}`, "frame 2"]);
  });

  it("keeps to a smaller payload limit", () => {
    const scanner = new FrameScanner({ maxPayloadBytes: 2 });
    expect(short(scanner.push(join(encode(1), encode(2, Uint8Array.of(1, 2)))))).toEqual([
      "length 1",
      "noise 22",
      "frame 2",
    ]);
  });

  it("finds a good frame inside the payload of a damaged one", () => {
    const inner = encode(7);
    const outer = encode(6, join([1, 2], inner, [3]));
    outer[outer.length - 1] = (outer.at(-1) as number) ^ 1;
    for (const chunkBytes of [1, 7, 1000])
      expect(scan(join(outer, encode(8)), chunkBytes)).toEqual(
        expect.arrayContaining(["payload 1", "frame 7", "frame 8"]),
      );
    expect(scan(join(encode(5, join(inner)), encode(8)))).toEqual(["frame 5", "frame 8"]);
  });

  it("finds the frame behind one that lost bytes on the line", () => {
    const cut = encode(1, new Uint8Array(50)).subarray(0, 40);
    expect(scan(join(cut, encode(2), encode(3)))).toEqual(["payload 1", "noise 39", "frame 2", "frame 3"]);
  });

  it("finds the frame behind every damaged one on a bad line", () => {
    const cut = encode(1, new Uint8Array(50)).subarray(0, 40);
    const found = scan(
      join(...Array.from({ length: 30 }, (_, index) => join(cut, encode(index), encode(99)))),
    );
    expect(found.filter((text) => /^frame (?!99)/.test(text))).toEqual(
      Array.from({ length: 30 }, (_, index) => `frame ${index}`),
    );
  });

  it("accounts for bytes it holds back", () => {
    const scanner = new FrameScanner();
    const stream = encode(1);
    for (let sent = 1; sent < stream.length; sent++) {
      expect(scanner.push(stream.subarray(sent - 1, sent))).toEqual([]);
      expect(scanner.pendingBytes).toBe(sent);
    }
    expect(short(scanner.push(stream.subarray(-1)))).toEqual(["frame 1"]);
    expect(scanner.pendingBytes).toBe(0);
    expect(scanner.push(new Uint8Array(0))).toEqual([]);
  });

  it("gives up an incomplete frame when told, and finds what it had swallowed", () => {
    const scanner = new FrameScanner();
    const cut = encode(1, new Uint8Array(500)).subarray(0, 60);
    expect(short(scanner.push(join(cut, encode(2))))).toEqual([]);
    expect(short(scanner.abandon())).toEqual(["incomplete 1", "noise 59", "frame 2"]);
    expect(scanner.pendingBytes).toBe(0);
    expect(scanner.abandon()).toEqual([]);
    scanner.push(encode(3).subarray(0, 10));
    expect(short(scanner.abandon())).toEqual(["incomplete 1", "noise 9"]);
  });

  it("gives up a frame that stopped in its checksum", () => {
    const scanner = new FrameScanner();
    const frame = encode(1);
    scanner.push(frame.subarray(0, frame.length - 1));
    expect(short(scanner.abandon())).toEqual(["incomplete 1", `noise ${frame.length - 2}`]);
  });

  it("checks each byte only a few times, however many headers lie inside each other", () => {
    let checkedBytes = 0;
    const counting = (bytes: Uint8Array, init?: number): number => {
      checkedBytes += bytes.length;
      return crc32(bytes, init);
    };
    const lengths: ((index: number) => number)[] = [
      () => 32_768,
      (index) => (index % 8 === 7 ? 0 : 32_768),
      (index) => (index % 9 === 7 ? 0 : 32_768),
      (index) => (index % 9 === 0 ? 128 : 32_768),
      (index) => 65_536 - 16 * (index % 4096),
    ];
    for (const lengthOf of lengths) {
      checkedBytes = 0;
      const scanner = new FrameScanner({ crc32: counting });
      const headers = Array.from({ length: 16_384 }, (_, index) =>
        withHeader(encode(1).subarray(0, 16), (header) =>
          new DataView(header.buffer).setUint32(10, lengthOf(index)),
        ),
      );
      const stream = Buffer.concat(headers);
      let accounted = 0;
      for (let at = 0; at < stream.length; at += 4096)
        for (const event of scanner.push(stream.subarray(at, at + 4096)))
          if (event.kind === "garbage") accounted += event.bytes;
          else expect.unreachable();
      expect(accounted + scanner.pendingBytes).toBe(stream.length);
      expect(checkedBytes).toBeGreaterThan(0);
      expect(checkedBytes).toBeLessThan(9 * stream.length);
    }
  });
});
