import { type Field, truncatedError, valueError } from "./field.ts";
import { newLayout } from "./layout.ts";

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
          return Uint8Array.from(raw);
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
    (_, bytes) => Uint8Array.from(bytes),
    (name, value) => {
      if (!(value instanceof Uint8Array)) throw valueError(name, "must be bytes");
      return value;
    },
    [Uint8Array.of(1, 2, 3), new Uint8Array(0)],
  );
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

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
