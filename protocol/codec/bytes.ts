import { type Field, truncatedError, valueError } from "./field.ts";
import { newLayout } from "./layout.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * A fixed number of bytes. Read as a copy: the message's buffer may be handed to a worker, which empties every view.
 */
export function fixedBytes(length: number, meaning: string): Field<Uint8Array> {
  return {
    layout: (target, name) =>
      target.buffer(name, {
        length,
        formatter: (raw: Uint8Array) => {
          if (raw.length !== length) throw truncatedError(name);
          return new Uint8Array(raw);
        },
      }),
    write(writer, name, value) {
      if (!(value instanceof Uint8Array) || value.length !== length)
        throw valueError(name, `must be ${length} bytes`);
      writer.bytes(value);
    },
    rows: (name) => [{ name, type: `bytes[${length}]`, meaning }],
    samples: [
      Uint8Array.from({ length }, (_, index) => (index * 37 + 1) & 0xff),
      new Uint8Array(length),
      new Uint8Array(length).fill(0xff),
    ],
  };
}

/** A fixed number of bytes as lowercase hexadecimal text, for identifiers. */
export function hexBytes(length: number, meaning: string): Field<string> {
  const bytes = fixedBytes(length, meaning);
  const shape = new RegExp(`^[0-9a-f]{${2 * length}}$`);
  return {
    layout: (target, name) =>
      target.buffer(name, {
        length,
        formatter: (raw: Uint8Array) => {
          if (raw.length !== length) throw truncatedError(name);
          let text = "";
          for (const byte of raw) text += byte.toString(16).padStart(2, "0");
          return text;
        },
      }),
    write(writer, name, value) {
      if (typeof value !== "string" || !shape.test(value))
        throw valueError(name, `must be ${2 * length} lowercase hexadecimal digits`);
      for (let at = 0; at < value.length; at += 2) writer.u8(Number.parseInt(value.slice(at, at + 2), 16));
    },
    rows: bytes.rows,
    samples: [
      "0123456789abcdef".repeat(length).slice(0, 2 * length),
      "00".repeat(length),
      "ff".repeat(length),
    ],
  };
}

/** The ASCII letters by which a message is known; anything else is refused. */
export function letters<const T extends string>(text: T, meaning: string): Field<T> {
  const expected = encoder.encode(text);
  return {
    layout: (target, name) =>
      target.buffer(name, {
        length: expected.length,
        formatter: (raw: Uint8Array) => {
          if (raw.length !== expected.length) throw truncatedError(name);
          if (raw.some((byte, index) => byte !== expected[index])) throw valueError(name, `must be ${text}`);
          return text;
        },
      }),
    write(writer, name, value) {
      if (value !== text) throw valueError(name, `must be ${text}`);
      writer.bytes(expected);
    },
    rows: (name) => [{ name, type: `bytes[${expected.length}]`, meaning, allowed: { bytes: expected } }],
    samples: [text],
  };
}

/** Up to `limit` bytes behind a 32-bit length. Read as a view and, if long, written without a copy. */
export function bytes32(limit: number, meaning: string): Field<Uint8Array> {
  return {
    layout(target, name) {
      const inner = newLayout();
      inner.uint32be("length", {
        formatter: (raw: number) => {
          if (raw > limit) throw valueError(name, `must be at most ${limit} bytes`);
          return raw;
        },
      });
      inner.buffer("bytes", { length: "length" });
      target.nest(name, {
        type: inner,
        formatter: (raw: { length: number; bytes: Uint8Array }) => {
          if (raw.bytes.length !== raw.length) throw truncatedError(name);
          return raw.bytes;
        },
      });
    },
    write(writer, name, value) {
      if (!(value instanceof Uint8Array) || value.length > limit)
        throw valueError(name, `must be at most ${limit} bytes`);
      writer.u32(value.length);
      writer.bytes(value);
    },
    rows: (name) => [
      { name, type: "bytes32", meaning: `${meaning}, at most ${limit} bytes`, allowed: { most: limit } },
    ],
    samples: [Uint8Array.of(1, 2, 3), new Uint8Array(0)],
  };
}

type Width = "u8" | "u16";

function prefixed<T>(
  width: Width,
  type: string,
  meaning: string,
  read: (name: string, bytes: Uint8Array) => T,
  encode: (name: string, value: T) => Uint8Array,
  samples: readonly T[],
): Field<T> {
  const most = width === "u8" ? 0xff : 0xffff;
  return {
    layout(target, name) {
      const inner = newLayout();
      inner[width === "u8" ? "uint8" : "uint16be"]("length");
      inner.buffer("bytes", { length: "length" });
      target.nest(name, {
        type: inner,
        formatter: (raw: { length: number; bytes: Uint8Array }) => {
          if (raw.bytes.length !== raw.length) throw truncatedError(name);
          return read(name, raw.bytes);
        },
      });
    },
    write(writer, name, value) {
      const bytes = encode(name, value);
      if (bytes.length > most) throw valueError(name, `must be at most ${most} bytes`);
      writer[width](bytes.length);
      writer.bytes(bytes);
    },
    rows: (name) => [{ name, type, meaning }],
    samples,
  };
}

/** Up to 65,535 bytes behind a 16-bit length. Read as a copy. */
export function bytes16(meaning: string): Field<Uint8Array> {
  return prefixed(
    "u16",
    "bytes16",
    meaning,
    (_, bytes) => new Uint8Array(bytes),
    (name, value) => {
      if (!(value instanceof Uint8Array)) throw valueError(name, "must be bytes");
      return value;
    },
    [Uint8Array.of(1, 2, 3), new Uint8Array(0)],
  );
}

function text(width: Width, meaning: string): Field<string> {
  return prefixed(
    width,
    width === "u8" ? "text8" : "text16",
    meaning,
    (name, bytes) => {
      try {
        return decoder.decode(bytes);
      } catch {
        throw valueError(name, "is not valid UTF-8");
      }
    },
    (name, value) => {
      if (typeof value !== "string" || !value.isWellFormed())
        throw valueError(name, "must be text without lone surrogates");
      return encoder.encode(value);
    },
    ["QTX µ-unit", "", "\ufeffx"],
  );
}

/** UTF-8 text of up to 255 bytes behind an 8-bit length. Invalid UTF-8 is refused, a byte order mark is kept. */
export const text8 = (meaning: string): Field<string> => text("u8", meaning);
/** UTF-8 text of up to 65,535 bytes behind a 16-bit length. */
export const text16 = (meaning: string): Field<string> => text("u16", meaning);
