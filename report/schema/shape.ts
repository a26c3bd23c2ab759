import { maybe, type Rule, rule } from "../../options/index.ts";

/** What a member of the report must be: the rule that judges it and the JSON Schema that tells others. */
export interface Shape extends Rule {
  readonly schema: object;
  readonly fields?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** A shape for each member of `T`, so that none is forgotten when the report grows. */
export type ShapesOf<T> = { readonly [Name in keyof T]-?: Shape };

type Fields<T> = [T] extends [never] ? never : ShapesOf<NoInfer<T>>;

const withSchema = (one: Rule, schema: object): Shape => ({ ...one, schema }) as Shape;

/** Longest text of a report; what is longer was not written by a person or by this package. */
const LONGEST_TEXT = 4000;

/** Building blocks: one declaration gives the check of what was read and the JSON Schema that is shipped. */
export const shape = {
  text: withSchema(
    {
      wants: `a text of at most ${LONGEST_TEXT} characters`,
      holds: (value) => typeof value === "string" && value.length <= LONGEST_TEXT,
    },
    { type: "string", maxLength: LONGEST_TEXT },
  ),
  matching: (pattern: string, wants: string): Shape =>
    withSchema(
      { wants, holds: (value) => typeof value === "string" && new RegExp(pattern, "u").test(value) },
      { type: "string", pattern },
    ),
  number: withSchema(
    { wants: "a finite number", holds: (value) => Number.isFinite(value) },
    { type: "number" },
  ),
  count: withSchema(rule.whole(0, Number.MAX_SAFE_INTEGER), {
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
  }),
  flag: withSchema(rule.flag, { type: "boolean" }),
  choice: (...values: readonly string[]): Shape =>
    withSchema(rule.choice(...values), { type: "string", enum: values }),
  list: (items: Shape, most = 100_000): Shape =>
    withSchema(
      {
        wants: `a list of at most ${most} entries`,
        items,
        holds: (value) => Array.isArray(value) && value.length <= most,
      },
      { type: "array", items: items.schema, maxItems: most },
    ),
  object: <T = never>(fields: Fields<T>): Shape => {
    const entries = Object.entries<Shape>(fields);
    return withSchema(rule.object<T>(fields as never), {
      type: "object",
      properties: Object.fromEntries(entries.map(([name, one]) => [name, one.schema])),
      required: entries.filter(([, one]) => one.optional !== true).map(([name]) => name),
      additionalProperties: false,
    });
  },
  /** The same, or null: what is not known is written down as such. */
  orNull: (one: Shape): Shape => {
    const { fields, items, ...plain } = one;
    return withSchema(
      { ...plain, wants: `${one.wants}, or null`, holds: (value) => value === null || fits(one, value) },
      { anyOf: [one.schema, { type: "null" }] },
    );
  },
  maybe: (one: Shape): Shape => withSchema(maybe(one), one.schema),
} as const;

/** Whether a value keeps a shape with all that is in it. */
function fits(one: Shape, value: unknown): boolean {
  if (value === undefined) return one.optional === true;
  if (!one.holds(value)) return false;
  if (Array.isArray(value)) return one.items === undefined || value.every((item) => fits(one.items!, item));
  if (one.fields === undefined) return true;
  const { fields } = one;
  const members = value as Readonly<Record<string, unknown>>;
  return (
    Object.keys(members).every((name) => Object.hasOwn(fields, name)) &&
    Object.entries(fields).every(([name, member]) => fits(member, members[name]))
  );
}
