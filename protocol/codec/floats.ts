import { type Field, valueError } from "./field.ts";

function finite(name: string) {
  return (raw: number): number => {
    if (!Number.isFinite(raw)) throw valueError(name, "must be a finite number");
    return raw;
  };
}

/** IEEE 754 double. Infinities and NaN are refused: a NaN has many encodings, and none is a measurement. */
export function f64(meaning: string): Field<number> {
  return {
    layout: (target, name) => target.doublebe(name, { formatter: finite(name) }),
    write: (writer, name, value) => writer.f64(finite(name)(value)),
    rows: (name) => [{ name, type: "f64", meaning }],
    samples: [-12.25, 0, 1e300],
  };
}

/** IEEE 754 single, read as the double of the same value; a written value is rounded to single. Finite only. */
export function f32(meaning: string): Field<number> {
  return {
    layout: (target, name) => target.floatbe(name, { formatter: finite(name) }),
    write: (writer, name, value) => writer.f32(finite(name)(Math.fround(value))),
    rows: (name) => [{ name, type: "f32", meaning }],
    samples: [0.5, 0, -1.5],
  };
}
