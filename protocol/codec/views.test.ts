import { describe, expect, it } from "vitest";
import { CodecError } from "../../errors/index.ts";
import { COPIED_BYTES } from "./byte-writer.ts";
import { bits, bytes32, hexBytes, letters, plane, recordsToEnd, u8, u32Within } from "./kit.ts";
import { messageCodec } from "./message-codec.ts";

const failing = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof CodecError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "nothing thrown";
};

describe("a plane behind its count", () => {
  const codec = messageCodec({
    tag: u8("tag"),
    n: bits(100_000, "bits"),
    ones: plane("n", "which"),
    end: u8("end"),
  });

  it("is as long as the count says", () => {
    expect([...codec.encode({ tag: 1, n: 9, ones: Uint8Array.of(0xff, 1), end: 7 })]).toEqual([
      1, 0, 0, 0, 9, 0xff, 1, 7,
    ]);
    expect(codec.encode({ tag: 1, n: 0, ones: new Uint8Array(), end: 7 })).toHaveLength(6);
  });

  it("is read as a view", () => {
    const body = Uint8Array.of(1, 0, 0, 0, 9, 0xff, 1, 7);
    const { ones } = codec.decode(body);
    expect(ones.buffer).toBe(body.buffer);
    expect(ones.byteOffset).toBe(5);
  });

  it("is handed through when long and copied when short", () => {
    const long = new Uint8Array(COPIED_BYTES + 1);
    const parts = codec.encodeParts({ tag: 1, n: 8 * long.length, ones: long, end: 7 });
    expect(parts).toHaveLength(3);
    expect(parts[1]).toBe(long);
    expect([...(parts[2] as Uint8Array)]).toEqual([7]);
    const short = new Uint8Array(COPIED_BYTES);
    expect(codec.encodeParts({ tag: 1, n: 8 * short.length, ones: short, end: 7 })).toHaveLength(1);
  });

  it("must have zeros past its last bit and the right length, both ways", () => {
    expect(failing(() => codec.encode({ tag: 1, n: 9, ones: Uint8Array.of(0, 2), end: 0 }))).toMatch(
      /zeros after/,
    );
    expect(failing(() => codec.decode(Uint8Array.of(1, 0, 0, 0, 9, 0, 2, 0)))).toMatch(/zeros after/);
    expect(failing(() => codec.encode({ tag: 1, n: 9, ones: Uint8Array.of(0), end: 0 }))).toMatch(/2 bytes/);
    expect(failing(() => codec.decode(Uint8Array.of(1, 0, 0, 0, 9, 0)))).toMatch(/ends inside field ones/);
    expect(failing(() => codec.decode(Uint8Array.of(1, 0, 0xff, 0xff, 0xff, 0)))).toMatch(/from 0 to 100000/);
  });

  it("keeps nothing of a message whose writing broke off", () => {
    const long = new Uint8Array(COPIED_BYTES + 1);
    expect(failing(() => codec.encode({ tag: 1, n: 8 * long.length, ones: long, end: 256 }))).toMatch(/end/);
    expect(codec.encode({ tag: 1, n: 0, ones: new Uint8Array(), end: 7 })).toHaveLength(6);
  });

  it("lets a message go before the next is written", () => {
    const first = codec.encode({ tag: 1, n: 8, ones: Uint8Array.of(5), end: 7 });
    codec.encode({ tag: 2, n: 8, ones: Uint8Array.of(6), end: 8 });
    expect([...first]).toEqual([1, 0, 0, 0, 8, 5, 7]);
  });
});

describe("bytes behind a 32-bit length", () => {
  const codec = messageCodec({ part: bytes32(5000, "part") });

  it("are read as a view, bounded before they are taken", () => {
    const body = Uint8Array.of(0, 0, 0, 2, 8, 9);
    expect(codec.decode(body).part.buffer).toBe(body.buffer);
    expect(failing(() => codec.decode(Uint8Array.of(0, 0, 0x13, 0x89)))).toMatch(
      /QKD_CODEC_VALUE .*at most 5000/,
    );
    expect(failing(() => codec.encode({ part: new Uint8Array(5001) }))).toMatch(/at most 5000/);
    expect(failing(() => codec.decode(Uint8Array.of(0, 0, 0, 3, 8, 9)))).toMatch(/ends inside field part/);
  });
});

describe("records to the end", () => {
  const codec = messageCodec({
    entries: recordsToEnd({ id: u8("id"), data: bytes32(9, "data") }, 2, "entries"),
  });

  it("are as many as fit", () => {
    expect(codec.decode(new Uint8Array()).entries).toEqual([]);
    expect(codec.decode(Uint8Array.of(1, 0, 0, 0, 0, 2, 0, 0, 0, 1, 7)).entries).toEqual([
      { id: 1, data: new Uint8Array() },
      { id: 2, data: Uint8Array.of(7) },
    ]);
  });

  it("are bounded in number, both ways", () => {
    const one = { id: 1, data: new Uint8Array() };
    expect(failing(() => codec.decode(new Uint8Array(15)))).toMatch(/at most 2 records/);
    expect(failing(() => codec.encode({ entries: [one, one, one] }))).toMatch(/at most 2 records/);
  });

  it("end with a whole record", () => {
    expect(failing(() => codec.decode(Uint8Array.of(1, 0, 0, 0, 1)))).toMatch(/ends inside/);
    expect(failing(() => codec.decode(Uint8Array.of(1, 0, 0, 0)))).toMatch(/ends inside/);
  });
});

describe("small fields", () => {
  it("refuse what lies outside their range, other letters and other text than hexadecimal", () => {
    const ppm = messageCodec({ ppm: u32Within(1, 500_000, "rate") });
    for (const value of [0, 500_001, 1.5])
      expect(failing(() => ppm.encode({ ppm: value }))).toMatch(/1 to 500000/);
    expect(failing(() => ppm.decode(new Uint8Array(4)))).toMatch(/1 to 500000/);
    const magic = messageCodec({ magic: letters("QK", "letters") });
    expect(failing(() => magic.decode(Uint8Array.of(0x51, 0x4c)))).toMatch(/must be QK/);
    const id = messageCodec({ id: hexBytes(2, "id") });
    expect(id.decode(Uint8Array.of(0x0a, 0xff)).id).toBe("0aff");
    expect([...id.encode({ id: "0aff" })]).toEqual([0x0a, 0xff]);
    for (const text of ["0AFF", "0af", "0aff0", "0xff"])
      expect(failing(() => id.encode({ id: text }))).toMatch(/4 lowercase hexadecimal digits/);
  });
});
