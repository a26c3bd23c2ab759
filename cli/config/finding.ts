import type { QkdErrorCode } from "../../errors/index.ts";

/** A field by its members from the top of the file; entries of a list by their number from 0. */
export type FieldPath = readonly (string | number)[];

/** What is said of one field of a site's file. */
export interface Remark {
  /** An error keeps the site from working; a warning tells what will, or may. */
  readonly level: "error" | "warning";
  readonly code: QkdErrorCode;
  readonly field: FieldPath;
  readonly message: string;
  readonly remedy: string;
}

/** Where in a file something stands, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A remark with its place. */
export interface Finding extends Place {
  readonly level: Remark["level"];
  readonly code: QkdErrorCode;
  readonly file: string;
  /** Members joined by dots. */
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

/** The one line that people read. Control characters of what was quoted are made visible. */
export function findingLine({ file, line, column, level, code, message, remedy }: Finding): string {
  const text = `${file}:${line}:${column} ${level} ${code} ${message} - ${remedy}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced here
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) => JSON.stringify(c).slice(1, -1));
}
