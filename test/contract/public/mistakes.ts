export type Given = readonly unknown[];

/** What programs without a compiler hand over by mistake, in place of all arguments. */
export const MISTAKES: readonly Given[] = [
  [],
  [undefined],
  [null],
  [5],
  [-1],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [1e300],
  [5n],
  [true],
  [""],
  ["constructor"],
  [[]],
  [[null]],
  [{}],
  [{ unknownOption: 1 }],
  [Symbol("mistake")],
  [() => 1],
  [new Uint8Array(0)],
  [new Uint8Array(8)],
  ["", {}],
  ["x", null],
  ["x", "x"],
  [{}, null],
  [{}, {}],
  [[], [], []],
  [new Uint8Array(8), 0, Number.POSITIVE_INFINITY],
  [5, 5, 5],
  [1e300, 1e300, 1e300, 1e300],
  Array.from({ length: 4 }, () => Number.POSITIVE_INFINITY),
];

/** What stands by mistake in place of a single value. */
export const WRONG_VALUES: readonly unknown[] = [
  undefined,
  null,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e300,
  5n,
  "x",
  true,
  [],
  {},
  () => 1,
];

/** A text for people, also of what has no text. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === "object" && value !== null) return `{${Object.keys(value).slice(0, 3).join(", ")}}`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  return String(value);
}
