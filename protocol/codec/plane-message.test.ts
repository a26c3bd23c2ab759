import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SecretBytes } from "../secret-bytes.ts";
import { u8, u32 } from "./kit.ts";
import { planeMessageCodec } from "./message-codec.ts";
import { planeBytes } from "./plane.ts";

const codec = planeMessageCodec({ tag: u8("tag"), detections: u32("detections") }, ["first", "second"]);
const message = (detections: number, ...planes: number[]) => ({
  tag: 1,
  detections,
  planes: new SecretBytes(Uint8Array.from(planes)),
});

describe("a message with bit planes", () => {
  it("has planes of one bit per detection, padded with zeros", () => {
    expect([0, 1, 8, 9, 1 << 20].map(planeBytes)).toEqual([0, 1, 1, 2, 131_072]);
    expect([...codec.encode(message(9, 0xff, 1, 0, 1))]).toEqual([1, 0, 0, 0, 9, 0xff, 1, 0, 1]);
    expect(codec.encode(message(0))).toHaveLength(5);
  });

  it("reads the planes as a view of the payload", () => {
    const payload = codec.encode(message(8, 0xa5, 0x5a));
    const { planes } = codec.decode(payload);
    expect(planes.reveal().buffer).toBe(payload.buffer);
    expect([...planes.reveal()]).toEqual([0xa5, 0x5a]);
  });

  it("writes the planes without a copy", () => {
    const planes = new SecretBytes(Uint8Array.of(1, 2));
    const [head, tail] = codec.encodeParts({ tag: 1, detections: 8, planes });
    expect(head).toHaveLength(5);
    expect(tail).toBe(planes.reveal());
  });

  it("refuses set bits after the last detection of any plane, both ways", () => {
    expect(() => codec.encode(message(1, 1, 2))).toThrow(/zeros after its last bit/);
    expect(() => codec.decode(Uint8Array.of(1, 0, 0, 0, 1, 2, 1))).toThrow(/zeros after its last bit/);
    expect(() => codec.decode(Uint8Array.of(1, 0, 0, 0, 7, 0x7f, 0x80))).toThrow(/zeros after/);
  });

  it("refuses planes of another length, both ways", () => {
    expect(() => codec.encode(message(9, 1, 1))).toThrow(/2 planes of 2 bytes/);
    expect(() => codec.decode(Uint8Array.of(1, 0, 0, 0, 9, 0, 0, 0))).toThrow(/ends inside field planes/);
    expect(() => codec.decode(Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0))).toThrow(/bytes after its last field/);
    expect(() => codec.decode(Uint8Array.of(1, 0xff, 0xff, 0xff, 0xff, 0))).toThrow(
      /ends inside field planes/,
    );
    expect(() => codec.encode({ ...message(0), planes: new Uint8Array(0) as never })).toThrow(/secret bytes/);
  });

  it("prints without the planes", () => {
    const read = codec.decode(codec.encode(message(16, 171, 205, 171, 205)));
    for (const text of [inspect(read), JSON.stringify(read), String(read.planes)]) {
      expect(text).toContain("[4 secret bytes]");
      expect(text).not.toMatch(/171|205|abcd/i);
    }
  });
});
