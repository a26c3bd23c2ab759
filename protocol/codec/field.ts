import { CodecError } from "../../errors/index.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { Layout } from "./layout.ts";

/** One row of a message's field table in SPEC.md. */
export interface FieldRow {
  /** Path of the field: `limits.maxPayloadBytes`, `alarms[].code`. */
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
  /** The value is never shown in words, its length alone. */
  readonly redacted?: boolean;
  /** What of the type's values is allowed, where not all are: for readers that are made from the rows alone. */
  readonly allowed?: AllowedValues;
}

/** What of a type's values a field can take. */
export type AllowedValues =
  | { readonly names: Readonly<Record<string, number>> }
  /** Names of the bits of a set, bit 0 first. */
  | { readonly bits: readonly string[] }
  | { readonly range: readonly [min: number, max: number] }
  /** Most bytes or records. */
  | { readonly most: number }
  /** The only bytes. */
  | { readonly bytes: Uint8Array };

/** The fields of the message or record that a field stands in, at least those before it. */
export type Siblings = Readonly<Record<string, unknown>>;

/**
 * One field of a message, declared once: how it is read, how it is written, what values it can take and how it is
 * documented. What a field reads it writes back to the same bytes: every value has exactly one encoding.
 */
export interface Field<T> {
  /** Appends the field to a layout. Values that no encoder may send are refused with CodecError while parsing. */
  layout(target: Layout, name: string): void;
  /** Writes `value`; throws CodecError QKD_CODEC_VALUE for a value that the field cannot carry. */
  write(writer: ByteWriter, name: string, value: T, siblings: Siblings): void;
  /** The field's rows in the documentation: one, or several for a composed field. */
  rows(name: string): readonly FieldRow[];
  /** Values that tests send: limits and ordinary ones. */
  readonly samples: readonly T[];
  /** The sample of a field whose length stands in an earlier one. */
  sampleFor?(siblings: Siblings): T;
}

/** Type of the values of a field. */
export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** The error for a value that a field cannot carry. It names the field and never quotes bytes or text. */
export function valueError(name: string, sentence: string): CodecError {
  return new CodecError("QKD_CODEC_VALUE", `field ${name} ${sentence}`, { context: { field: name } });
}

/** The error for a message that ends inside a field. */
export function truncatedError(name: string): CodecError {
  return new CodecError("QKD_CODEC_TRUNCATED", `message ends inside field ${name}`, {
    context: { field: name },
  });
}
