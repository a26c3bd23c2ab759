import { type Field, valueError } from "./field.ts";

/** True or false in one byte, 1 or 0; any other byte is refused. */
export function bool(meaning: string): Field<boolean> {
  return {
    layout: (target, name) =>
      target.uint8(name, {
        formatter: (raw: number) => {
          if (raw > 1) throw valueError(name, "must be 0 or 1");
          return raw === 1;
        },
      }),
    write(writer, name, value) {
      if (typeof value !== "boolean") throw valueError(name, "must be true or false");
      writer.u8(value ? 1 : 0);
    },
    rows: (name) => [{ name, type: "bool", meaning }],
    samples: [true, false],
  };
}

/** One of a closed list of names, sent as its number in one or two bytes; unknown numbers are refused. */
export function choice<const V extends Readonly<Record<string, number>>>(
  values: V,
  meaning: string,
  width: "u8" | "u16" = "u8",
): Field<keyof V & string> {
  const names = Object.keys(values) as (keyof V & string)[];
  const byNumber = new Map<number, keyof V & string>(names.map((name) => [values[name] as number, name]));
  const listed = names.map((name) => `${values[name]} ${name}`).join(", ");
  return {
    layout: (target, field) =>
      target[width === "u8" ? "uint8" : "uint16be"](field, {
        formatter: (raw: number) => {
          const name = byNumber.get(raw);
          if (name === undefined) throw valueError(field, "has an unknown value");
          return name;
        },
      }),
    write(writer, field, value) {
      if (!names.includes(value)) throw valueError(field, `must be one of ${names.join(", ")}`);
      writer[width](values[value] as number);
    },
    rows: (name) => [{ name, type: width, meaning: `${meaning}: ${listed}`, allowed: { names: values } }],
    samples: names,
  };
}

/** A set of names in a 32-bit word, bit 0 first; read in bit order. Bits without a name are refused. */
export function nameSet<const N extends readonly string[]>(
  names: N,
  meaning: string,
): Field<readonly N[number][]> {
  const known = 2 ** names.length - 1;
  const listed = names.map((name, bit) => `bit ${bit} ${name}`).join(", ");
  return {
    layout: (target, field) =>
      target.uint32be(field, {
        formatter: (raw: number) => {
          if (raw > known) throw valueError(field, "has an unknown bit");
          return names.filter((_, bit) => Math.floor(raw / 2 ** bit) % 2 === 1);
        },
      }),
    write(writer, field, value) {
      if (!Array.isArray(value)) throw valueError(field, "must be a list of names");
      let word = 0;
      for (const name of new Set<string>(value)) {
        const bit = names.indexOf(name);
        if (bit < 0) throw valueError(field, `must hold only ${names.join(", ")}`);
        word += 2 ** bit;
      }
      writer.u32(word);
    },
    rows: (name) => [{ name, type: "set32", meaning: `${meaning}: ${listed}`, allowed: { bits: names } }],
    samples: [names, [], names.filter((_, bit) => bit % 2 === 0)],
  };
}
