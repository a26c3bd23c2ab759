/** What a value given by a program that embeds us must be. */
export interface Rule {
  /** In words, behind "allowed is". */
  readonly wants: string;
  readonly optional?: true;
  /** Whether the value itself is of the right kind; its members are for `fields` and `items`. */
  readonly holds: (value: unknown) => boolean;
  /** A text that is given may be shown in an error, because it was meant to be one of a few words; others may be secrets. */
  readonly shows?: true;
  /** The only members that the value may have. */
  readonly fields?: Readonly<Record<string, Rule>>;
  /** Other members are let pass, unless their name is a slip of the pen for one of these. */
  readonly open?: true;
  /** What each entry of a list must be. */
  readonly items?: Rule;
}

/** A rule for each member of `T`, so that none is forgotten when the type grows. */
export type RulesOf<T> = { readonly [Name in keyof T]-?: Rule };

/** Rules of a type that the caller names: inferred from the rules, the type could not tell that one is missing. */
type FieldsOf<T> = [T] extends [never] ? never : RulesOf<NoInfer<T>>;

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const inRange = (value: unknown, min: number, max: number): value is number =>
  typeof value === "number" && value >= min && value <= max;

const ends = (min: number, max: number): string =>
  [
    Number.isFinite(min) ? ` of at least ${min}` : "",
    Number.isFinite(min) && Number.isFinite(max) ? " and" : "",
    Number.isFinite(max) ? ` at most ${max}` : "",
  ].join("");

/** Longer waits are mistakes: the timers of the runtime cannot count further. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Building blocks of rules. */
export const rule = {
  /** Any number from `min` to `max`, both allowed; never NaN. */
  number: (min: number, max: number): Rule => ({
    wants: `a number${ends(min, max)}`,
    holds: (value) => inRange(value, min, max),
  }),
  whole: (min: number, max: number): Rule => ({
    wants: `a whole number${ends(min, max)}`,
    holds: (value) => inRange(value, min, max) && Number.isSafeInteger(value),
  }),
  /** Any number, also one that is out of every range: the range is another check's. */
  anyNumber: { wants: "a number", holds: (value) => typeof value === "number" } as Rule,
  bigint: { wants: "a bigint", holds: (value) => typeof value === "bigint" } as Rule,
  /** A list of so many numbers. */
  numbers: (count: number): Rule => ({
    wants: `a list of ${count} numbers`,
    holds: (value) =>
      Array.isArray(value) && value.length === count && value.every((one) => typeof one === "number"),
  }),
  /** A wait in milliseconds that a timer can count. */
  wait: (min = 1): Rule => rule.number(min, LONGEST_WAIT_MS),
  text: (wants = "a text that is not empty"): Rule => ({
    wants,
    holds: (value) => typeof value === "string" && value !== "",
  }),
  /** Also an empty one: what reads it says better what is wrong with it. */
  anyText: (wants: string): Rule => ({ wants, holds: (value) => typeof value === "string" }),
  flag: { wants: "true or false", holds: (value) => typeof value === "boolean" } as Rule,
  choice: (...values: readonly string[]): Rule => ({
    wants: `one of ${values.join(", ")}`,
    shows: true,
    holds: (value) => typeof value === "string" && values.includes(value),
  }),
  nothing: { wants: "null", holds: (value) => value === null } as Rule,
  callback: { wants: "a function", holds: (value) => typeof value === "function" } as Rule,
  bytes: { wants: "a Uint8Array", holds: (value) => value instanceof Uint8Array } as Rule,
  instance: (type: abstract new (...given: never[]) => object, wants: string): Rule => ({
    wants,
    holds: (value) => value instanceof type,
  }),
  /** An object or a function that has these functions, of any making. */
  having: (names: readonly string[], wants: string): Rule => ({
    wants,
    holds: (value) =>
      (isObject(value) || typeof value === "function") &&
      names.every((name) => typeof Reflect.get(value, name) === "function"),
  }),
  /** An object with these members and no others; `T` is always named, see `FieldsOf`. */
  object: <T = never>(fields: FieldsOf<T>, wants = "an object"): Rule => ({
    wants,
    fields,
    holds: isObject,
  }),
  /** An object with these members, and with others that are named like none of them: a certificate's with its facts. */
  open: <T = never>(fields: FieldsOf<T>, wants = "an object"): Rule => ({
    wants,
    fields,
    open: true,
    holds: isObject,
  }),
  /** An object with these members, and with any others. */
  like: (members: Readonly<Record<string, Rule>>, wants = "an object"): Rule => {
    const entries = Object.entries(members);
    return {
      wants,
      holds: (value) =>
        isObject(value) && entries.every(([name, one]) => fits(one, Reflect.get(value, name))),
    };
  },
  /** An object that another part of the package checks member by member. */
  anyObject: { wants: "an object", holds: isObject } as Rule,
  list: (items: Rule, wants = "a list"): Rule => ({ wants, items, holds: Array.isArray }),
  /** A list of so many entries, each of the same kind. */
  several: (count: number, items: Rule): Rule => ({
    wants: `a list of ${count}, each ${items.wants}`,
    holds: (value) =>
      Array.isArray(value) && value.length === count && value.every((one) => fits(items, one)),
  }),
  either: (...rules: readonly Rule[]): Rule => ({
    wants: rules.map(({ wants }) => wants).join(", or "),
    holds: (value) => rules.some((one) => fits(one, value)),
  }),
} as const;

/** The same rule, for a member that may be left out or undefined. */
export const maybe = (required: Rule): Rule => ({ ...required, optional: true });

/** Rules of a type of which every member may be left out. */
export function partly<T>(rules: RulesOf<T>): RulesOf<T> {
  return Object.fromEntries(
    Object.entries<Rule>(rules).map(([name, one]) => [name, maybe(one)]),
  ) as unknown as RulesOf<T>;
}

/** Whether a value keeps a rule with all that is in it. */
function fits(one: Rule, value: unknown): boolean {
  if (value === undefined) return one.optional === true;
  if (!one.holds(value)) return false;
  if (Array.isArray(value) && one.items !== undefined) {
    const { items } = one;
    return value.every((item) => fits(items, item));
  }
  const { fields } = one;
  if (fields === undefined) return true;
  const members = value as Readonly<Record<string, unknown>>;
  return (
    (one.open === true || Object.keys(members).every((name) => Object.hasOwn(fields, name))) &&
    Object.entries(fields).every(([name, member]) => fits(member, members[name]))
  );
}
