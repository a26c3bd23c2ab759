import { describe, expect, it } from "vitest";
import { CodecError } from "../../errors/index.ts";
import type { Field } from "./field.ts";
import {
  bool,
  bytes16,
  choice,
  count64,
  f32,
  f64,
  fixedBytes,
  fixedList,
  i32,
  list,
  messageCodec,
  nameSet,
  numberOrText,
  optional,
  record,
  text8,
  text16,
  u8,
  u16,
  u32,
  u64,
} from "./kit.ts";

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** The code of the CodecError that `action` throws; fails the test on anything else. */
function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
  return "accepted";
}

const choices = choice({ off: 0, on: 1, auto: 200 }, "mode");
const wide = choice({ low: 1, high: 0x1234 }, "level", "u16");
const set = nameSet(["a", "b", "c"], "set");

describe("a field writes its value as the SPEC says and reads it back", () => {
  const cases: [name: string, field: Field<unknown>, value: unknown, hex: string][] = [
    ["u8", u8(""), 0xfe, "fe"],
    ["u16", u16(""), 0x0102, "0102"],
    ["u32", u32(""), 0xfffffffe, "fffffffe"],
    ["u64", u64(""), 0x0123456789abcdefn, "0123456789abcdef"],
    ["i32", i32(""), -2, "fffffffe"],
    ["count64", count64(""), 2 ** 53 - 1, "001fffffffffffff"],
    ["f32", f32(""), -1.5, "bfc00000"],
    ["f64", f64(""), -0, "8000000000000000"],
    ["bool", bool(""), true, "01"],
    ["choice in a byte", choices, "auto", "c8"],
    ["choice in two bytes", wide, "high", "1234"],
    ["set", set, ["a", "c"], "00000005"],
    ["empty set", set, [], "00000000"],
    ["fixed bytes", fixedBytes(3, ""), Uint8Array.of(1, 2, 3), "010203"],
    ["bytes16", bytes16(""), Uint8Array.of(9), "000109"],
    ["text8", text8(""), "µ", "02c2b5"],
    ["text16", text16(""), "", "0000"],
    ["a text with a byte order mark", text8(""), "\ufeff", "03efbbbf"],
    ["list", list(u16(""), ""), [1, 2], "000200010002"],
    ["list of texts", list(text8(""), ""), ["a", ""], "0002016100"],
    ["list of lists", list(list(u8(""), ""), ""), [[1], []], "00020001010000"],
    ["fixed list", fixedList(u8(""), 3, ""), [1, 2, 3], "010203"],
    ["absent", optional(u16(""), ""), null, "00"],
    ["present", optional(u16(""), ""), 5, "010005"],
    ["number", numberOrText(""), 2.5, "004004000000000000"],
    ["text", numberOrText(""), "hi", "0100026869"],
    ["record", record({ a: u8(""), b: record({ c: text8("") }) }), { a: 1, b: { c: "x" } }, "010178"],
    [
      "list of records",
      list(record({ v: numberOrText(""), o: optional(text8(""), "") }), ""),
      [
        { v: 1, o: null },
        { v: "", o: "z" },
      ],
      "0002003ff0000000000000000100000101 7a",
    ],
  ];
  it.each(cases)("%s", (_, field, value, hex) => {
    const codec = messageCodec({ before: u8(""), field, after: u8("") });
    const bytes = fromHex(`aa ${hex} bb`);
    expect(toHex(codec.encode({ before: 0xaa, field: value, after: 0xbb }))).toBe(toHex(bytes));
    expect(codec.decode(bytes)).toEqual({ before: 0xaa, field: value, after: 0xbb });
    expect(Object.keys(codec.decode(bytes))).toEqual(["before", "field", "after"]);
  });
});

describe("a value that the field cannot carry is not written", () => {
  const cases: [name: string, field: Field<unknown>, values: readonly unknown[]][] = [
    ["u8", u8(""), [-1, 256, 1.5, Number.NaN, "1", undefined, null, 1n]],
    ["u16", u16(""), [-1, 65_536]],
    ["u32", u32(""), [-1, 2 ** 32, Number.POSITIVE_INFINITY]],
    ["u64", u64(""), [-1n, 2n ** 64n, 1]],
    ["i32", i32(""), [2 ** 31, -(2 ** 31) - 1]],
    ["count64", count64(""), [-1, 2 ** 53, 0.5, 1n]],
    ["f32", f32(""), [Number.NaN, Number.NEGATIVE_INFINITY, 1e39, undefined]],
    ["f64", f64(""), [Number.NaN, Number.POSITIVE_INFINITY, undefined, "1"]],
    ["bool", bool(""), [0, 1, "true", undefined]],
    ["choice", choices, ["other", 1, undefined, "toString"]],
    ["set", set, [["d"], ["a", "__proto__"], undefined, "abc", 5]],
    ["fixed bytes", fixedBytes(2, ""), [Uint8Array.of(1), Uint8Array.of(1, 2, 3), [1, 2], "ab"]],
    ["bytes16", bytes16(""), [new Uint8Array(65_536), [1], undefined]],
    ["text8", text8(""), ["x".repeat(256), "µ".repeat(128), "\ud800", 5, undefined]],
    ["text16", text16(""), ["x".repeat(65_536), "a\udc00b"]],
    ["list", list(u8(""), ""), [[1, 256], new Array(65_536).fill(0), "ab", undefined, { length: 1 }]],
    ["fixed list", fixedList(u8(""), 2, ""), [[1], [1, 2, 3], [1, -1]]],
    ["optional", optional(u8(""), ""), [256, undefined]],
    ["number or text", numberOrText(""), [undefined, null, true, Number.NaN, "\ud800"]],
    ["record", record({ a: u8("") }), [{}, null, undefined, 3, { a: 256 }]],
  ];
  it.each(cases)("%s", (_, field, values) => {
    const codec = messageCodec({ field });
    for (const value of values)
      expect([value, codeOf(() => codec.encode({ field: value }))]).toEqual([value, "QKD_CODEC_VALUE"]);
  });

  it("nor a message that is no object", () => {
    const codec = messageCodec({ a: u8("") });
    expect(codeOf(() => codec.encode(null as never))).toBe("QKD_CODEC_VALUE");
    expect(codeOf(() => codec.encode(5 as never))).toBe("QKD_CODEC_VALUE");
  });
});

describe("bytes that no encoder sends are refused", () => {
  const cases: [name: string, field: Field<unknown>, hex: string, code: string][] = [
    ["bool 2", bool(""), "02", "QKD_CODEC_VALUE"],
    ["unknown choice", choices, "02", "QKD_CODEC_VALUE"],
    ["unknown wide choice", wide, "0002", "QKD_CODEC_VALUE"],
    ["unknown bit", set, "00000008", "QKD_CODEC_VALUE"],
    ["top bit of a set", set, "80000000", "QKD_CODEC_VALUE"],
    ["count of 2^53", count64(""), "0020000000000000", "QKD_CODEC_VALUE"],
    ["infinity", f64(""), "7ff0000000000000", "QKD_CODEC_VALUE"],
    ["NaN", f64(""), "7ff8000000000000", "QKD_CODEC_VALUE"],
    ["single NaN", f32(""), "7fc00000", "QKD_CODEC_VALUE"],
    ["UTF-8 cut in a character", text8(""), "01c2", "QKD_CODEC_VALUE"],
    ["overlong UTF-8", text8(""), "02c080", "QKD_CODEC_VALUE"],
    ["UTF-8 of a surrogate", text8(""), "03eda080", "QKD_CODEC_VALUE"],
    ["optional tag 2", optional(u8(""), ""), "0205", "QKD_CODEC_VALUE"],
    ["number or text tag 2", numberOrText(""), "020000", "QKD_CODEC_VALUE"],
    ["fixed bytes too short", fixedBytes(4, ""), "010203", "QKD_CODEC_TRUNCATED"],
    ["text shorter than its length", text8(""), "0361", "QKD_CODEC_TRUNCATED"],
    ["bytes shorter than their length", bytes16(""), "ffff01", "QKD_CODEC_TRUNCATED"],
    ["list shorter than its count", list(text8(""), ""), "ffff00", "QKD_CODEC_TRUNCATED"],
    ["list of nothing but a count", list(u8(""), ""), "ffff", "QKD_CODEC_TRUNCATED"],
    ["absent value with a value", optional(u8(""), ""), "0005", "QKD_CODEC_TRAILING"],
    ["a byte too much", u8(""), "0102", "QKD_CODEC_TRAILING"],
    ["nothing", u8(""), "", "QKD_CODEC_TRUNCATED"],
  ];
  it.each(cases)("%s", (_, field, hex, code) => {
    expect(codeOf(() => messageCodec({ field }).decode(fromHex(hex)))).toBe(code);
  });

  it("and an empty message with a byte in it", () => {
    expect(codeOf(() => messageCodec({}).decode(Uint8Array.of(0)))).toBe("QKD_CODEC_TRAILING");
    expect(messageCodec({}).decode(new Uint8Array(0))).toEqual({});
  });
});

describe("long messages", () => {
  it.each([
    ["u8", u8("")],
    ["u16", u16("")],
    ["u32", u32("")],
    ["u64", u64("")],
    ["i32", i32("")],
    ["f32", f32("")],
    ["f64", f64("")],
    ["text16", text16("")],
    ["bytes16", bytes16("")],
  ] as [string, Field<unknown>][])(
    "are read back wherever the buffer of the writer ends among %s",
    (_, field) => {
      const codec = messageCodec({ before: bytes16(""), fields: list(field, "") });
      const fields = Array.from({ length: 9 }, () => field.samples[0]);
      for (let length = 180; length < 260; length++) {
        const message = { before: new Uint8Array(length), fields };
        expect(codec.decode(codec.encode(message))).toEqual(message);
      }
    },
  );
});

describe("ownership and views", () => {
  const codec = messageCodec({ digest: fixedBytes(2, ""), rest: bytes16("") });

  it("reads bytes as copies, so that the buffer can be reused or transferred", () => {
    const payload = fromHex("0102 0001 07");
    const message = codec.decode(payload);
    payload.fill(0xee);
    expect(message.digest).toEqual(Uint8Array.of(1, 2));
    expect(message.rest).toEqual(Uint8Array.of(7));
  });

  it("reads a view in the middle of a larger buffer", () => {
    const around = fromHex("ffffff 0102 0001 07 ffffff");
    expect(codec.decode(around.subarray(3, 8)).rest).toEqual(Uint8Array.of(7));
    expect(codec.decode(Buffer.from(around).subarray(3, 8)).digest).toEqual(Uint8Array.of(1, 2));
  });

  it("names the field and never quotes its bytes in an error", () => {
    const secretly = messageCodec({ outer: record({ inner: text8("") }) });
    try {
      secretly.decode(fromHex("02c0ff"));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(CodecError);
      expect((error as CodecError).context).toEqual({ field: "inner" });
      expect((error as CodecError).line).not.toMatch(/c0|192/i);
    }
  });
});
