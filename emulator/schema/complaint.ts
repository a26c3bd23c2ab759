/** Keys that lead to a field, from the top: names of fields and numbers of list entries. */
export type FieldPath = readonly (string | number)[];

/** What is wrong with a field. */
export interface Complaint {
  readonly path: FieldPath;
  /** What follows the name of the field: `is -3`. */
  readonly says: string;
  readonly value?: unknown;
  /** What would be right, in words. */
  readonly allowed?: string;
  /** The value is of the right kind, but too small, too large or no finite number. */
  readonly outOfRange?: boolean;
  readonly cause?: unknown;
}

/** A path as people write it: `timeline[2].lossDb`. */
export function fieldName(path: FieldPath): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join("");
}

/** A value for people: on one line, and cut to it, whatever a stranger sent. */
export function shown(value: unknown): string {
  // Never written out: nested deeply enough, it would overflow the stack.
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = String(value)
    .slice(0, 61)
    .replaceAll(/\p{Cc}/gu, " ");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
