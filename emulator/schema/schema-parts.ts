import { DURATION_PATTERN } from "./duration.ts";

/** A JSON Schema, as plain data. */
export type Schema = Readonly<Record<string, unknown>>;

/** One character and more, none of them a control character. */
export const LINE_PATTERN = "^\\P{Cc}+$";

const number = (minimum: number, maximum: number, description: string): Schema => ({
  type: "number",
  minimum,
  maximum,
  description,
});

const between = (exclusiveMinimum: number, maximum: number, description: string): Schema => ({
  type: "number",
  exclusiveMinimum,
  maximum,
  description,
});

/** Building blocks of the scenario schema: every range stands here once. */
export const part = {
  duration: (description: string): Schema => ({ type: "string", pattern: DURATION_PATTERN, description }),
  name: (description: string): Schema => ({
    type: "string",
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    description,
  }),
  text: (description: string, maxLength = 2000): Schema => ({
    type: "string",
    minLength: 1,
    maxLength,
    description,
  }),
  /** Text without line ends and other control characters. */
  line: (description: string, maxLength: number): Schema => ({
    type: "string",
    pattern: LINE_PATTERN,
    maxLength,
    description,
  }),
  number,
  above: between,
  integer: (minimum: number, maximum: number, description: string): Schema => ({
    type: "integer",
    minimum,
    maximum,
    description,
  }),
  choice: (values: readonly string[], description: string): Schema => ({ enum: values, description }),
  probability: (description: string): Schema => number(0, 1, description),
  celsius: (minimum: number, maximum: number, description: string): Schema =>
    number(minimum, maximum, `${description}, degrees Celsius`),
  flag: (description: string): Schema => ({ type: "boolean", description }),
  /** An array of exactly as many values as there are schemas. */
  tuple: (items: Schema, length: number, description: string): Schema => ({
    type: "array",
    items,
    minItems: length,
    maxItems: length,
    description,
  }),
  list: (items: Schema, maxItems: number, description: string): Schema => ({
    type: "array",
    items,
    maxItems,
    description,
  }),
  /** A mapping with these fields and no others. */
  object: (
    properties: Readonly<Record<string, Schema>>,
    required: readonly string[],
    description: string,
  ): Schema => ({ type: "object", properties, required, additionalProperties: false, description }),
} as const;
