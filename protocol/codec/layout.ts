import { Parser } from "binary-parser";

type Formatter = (raw: never) => unknown;

/** A length: a number, the name of an earlier sibling field, or a function whose `this` holds the earlier siblings. */
export type LayoutLength = number | string | ((this: never) => number);

/**
 * The part of binary-parser's builder that the field kit uses. Big-endian names only: the plain `uint16` follows a
 * mutable default. `choice` is left out because it throws untyped errors, `string` because it repairs bad UTF-8.
 */
export interface Layout {
  uint8(name: string, options?: { formatter?: Formatter }): unknown;
  uint16be(name: string, options?: { formatter?: Formatter }): unknown;
  uint32be(name: string, options?: { formatter?: Formatter }): unknown;
  uint64be(name: string, options?: { formatter?: Formatter }): unknown;
  int32be(name: string, options?: { formatter?: Formatter }): unknown;
  floatbe(name: string, options?: { formatter?: Formatter }): unknown;
  doublebe(name: string, options?: { formatter?: Formatter }): unknown;
  buffer(name: string, options: { length: LayoutLength; formatter?: Formatter }): unknown;
  array(
    name: string,
    options: { type: Layout; formatter?: Formatter } & ({ length: LayoutLength } | { readUntil: "eof" }),
  ): unknown;
  nest(name: string, options: { type: Layout; formatter?: Formatter }): unknown;
}

/** An empty layout; fields append themselves to it. */
export function newLayout(): Layout {
  return new Parser() as unknown as Layout;
}

/** The result of a parse: the message and where it ended. */
export interface Parsed {
  readonly value: unknown;
  readonly end: number;
}

/**
 * The parser sets and deletes two properties of its outermost object. Deleting own properties makes an object slow, so
 * here they are none of its own.
 */
class Outermost implements Parsed {
  readonly value: unknown = null;
  readonly end: number = 0;

  set $parent(_: unknown) {}

  set $root(_: unknown) {}
}

/** Generates the parsing function of a finished layout now, so that the first message pays nothing. */
export function compileLayout(layout: Layout): (bytes: Uint8Array) => Parsed {
  const parser = new Parser();
  parser.create(Outermost as never);
  parser.nest("value", { type: layout as unknown as Parser });
  parser.saveOffset("end");
  parser.compile();
  return (bytes) => parser.parse(bytes) as Parsed;
}
