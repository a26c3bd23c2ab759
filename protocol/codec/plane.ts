import { checkArgument, rule } from "../../options/index.ts";
import { type Field, type Siblings, truncatedError, valueError } from "./field.ts";

/** Bytes of a plane of so many bits. */
export function planeBytes(bits: number): number {
  checkArgument("bits", bits, rule.anyNumber);
  return Math.ceil(bits / 8);
}

/** Throws unless `plane` has exactly `bits` bits: its bytes, with zeros past the last bit. */
export function checkPlane(name: string, plane: Uint8Array, bits: number): void {
  if (plane.length !== planeBytes(bits))
    throw valueError(name, `must be a plane of ${planeBytes(bits)} bytes`);
  if (bits % 8 !== 0 && (plane[plane.length - 1] as number) >> (bits % 8) !== 0)
    throw valueError(name, "must have zeros after its last bit");
}

/**
 * A bit plane as long as the earlier field `count` of the same message says: bit i is byte i div 8, weight
 * 2^(i mod 8), zeros past the last bit. Read as a view and, if long, written without a copy.
 */
export function plane(count: string, meaning: string): Field<Uint8Array> {
  const bitsIn = (siblings: Siblings): number => {
    const bits = siblings[count];
    if (typeof bits !== "number") throw valueError(count, "must stand before its plane");
    return bits;
  };
  return {
    layout: (target, name) =>
      target.buffer(name, {
        length(this: Siblings) {
          return planeBytes(bitsIn(this));
        },
        formatter(this: Siblings, raw: Uint8Array) {
          const bits = bitsIn(this);
          if (raw.length < planeBytes(bits)) throw truncatedError(name);
          checkPlane(name, raw, bits);
          return raw;
        },
      }),
    write(writer, name, value, siblings) {
      if (!(value instanceof Uint8Array)) throw valueError(name, "must be bytes");
      checkPlane(name, value, bitsIn(siblings));
      writer.bytes(value);
    },
    rows: (name) => [{ name, type: `plane[${count}]`, meaning }],
    samples: [],
    sampleFor(siblings) {
      const bits = bitsIn(siblings);
      const sample = Uint8Array.from({ length: planeBytes(bits) }, (_, index) => (index * 91 + 0xa5) & 0xff);
      if (bits % 8 !== 0) sample[sample.length - 1] = (1 << (bits % 8)) - 1;
      return sample;
    },
  };
}
