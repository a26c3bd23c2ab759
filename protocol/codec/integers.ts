import type { ByteWriter } from "./byte-writer.ts";
import { type Field, valueError } from "./field.ts";
import type { Layout } from "./layout.ts";

function integer(
  type: string,
  range: readonly [min: number, max: number],
  read: (target: Layout, name: string) => unknown,
  put: (writer: ByteWriter, value: number) => void,
  samples: readonly number[],
  meaning: string,
): Field<number> {
  const [min, max] = range;
  return {
    layout: read,
    write(writer, name, value) {
      if (!Number.isInteger(value) || value < min || value > max)
        throw valueError(name, `must be a whole number from ${min} to ${max}`);
      put(writer, value);
    },
    rows: (name) => [{ name, type, meaning }],
    samples,
  };
}

/** Unsigned 8-bit integer. */
export const u8 = (meaning: string): Field<number> =>
  integer(
    "u8",
    [0, 0xff],
    (target, name) => target.uint8(name),
    (writer, value) => writer.u8(value),
    [7, 0, 0xff],
    meaning,
  );
/** Unsigned 16-bit integer. */
export const u16 = (meaning: string): Field<number> =>
  integer(
    "u16",
    [0, 0xffff],
    (target, name) => target.uint16be(name),
    (writer, value) => writer.u16(value),
    [0x0102, 0, 0xffff],
    meaning,
  );
/** Unsigned 32-bit integer. */
export const u32 = (meaning: string): Field<number> =>
  integer(
    "u32",
    [0, 0xffff_ffff],
    (target, name) => target.uint32be(name),
    (writer, value) => writer.u32(value),
    [0x0102_0304, 0, 0xffff_ffff],
    meaning,
  );
/** Signed 32-bit integer, two's complement. */
export const i32 = (meaning: string): Field<number> =>
  integer(
    "i32",
    [-0x8000_0000, 0x7fff_ffff],
    (target, name) => target.int32be(name),
    (writer, value) => writer.i32(value),
    [-2, 0x7fff_ffff, -0x8000_0000],
    meaning,
  );

/** Unsigned 32-bit integer inside a range that is narrower than its four bytes. */
export function u32Within(
  min: number,
  max: number,
  meaning: string,
  samples: readonly number[] = [min, max],
): Field<number> {
  const check = (name: string, value: number): number => {
    if (!Number.isInteger(value) || value < min || value > max)
      throw valueError(name, `must be a whole number from ${min} to ${max}`);
    return value;
  };
  return {
    layout: (target, name) => target.uint32be(name, { formatter: (raw: number) => check(name, raw) }),
    write: (writer, name, value) => writer.u32(check(name, value)),
    rows: (name) => [
      { name, type: "u32", meaning: `${meaning}, ${min} to ${max}`, allowed: { range: [min, max] } },
    ],
    samples,
  };
}

/** The number of bits of planes that follow. */
export const bits = (
  most: number,
  meaning: string,
  samples: readonly number[] = [13, 0, 16],
): Field<number> => u32Within(0, most, meaning, samples);

const U64_MAX = 0xffff_ffff_ffff_ffffn;
const COUNT_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** Unsigned 64-bit integer as a bigint: gate numbers, nanoseconds. */
export function u64(meaning: string): Field<bigint> {
  return {
    layout: (target: Layout, name: string) => target.uint64be(name),
    write(writer: ByteWriter, name: string, value: bigint) {
      if (typeof value !== "bigint" || value < 0n || value > U64_MAX)
        throw valueError(name, "must be a bigint of 64 bits");
      writer.u64(value);
    },
    rows: (name) => [{ name, type: "u64", meaning }],
    samples: [0x0102_0304_0506_0708n, 0n, U64_MAX],
  };
}

/** A count of events: 64 bits on the wire, but at most 2^53 - 1, so that it is a plain number here. */
export function count64(meaning: string): Field<number> {
  return {
    layout: (target, name) =>
      target.uint64be(name, {
        formatter: (raw: bigint) => {
          if (raw > COUNT_MAX) throw valueError(name, "must be below 2^53");
          return Number(raw);
        },
      }),
    write(writer, name, value) {
      if (!Number.isSafeInteger(value) || value < 0)
        throw valueError(name, "must be a whole number from 0 to 2^53 - 1");
      writer.count(value);
    },
    rows: (name) => [{ name, type: "count64", meaning }],
    samples: [1_000_003, 0, Number.MAX_SAFE_INTEGER],
  };
}
