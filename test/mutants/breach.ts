/** One defensive line, broken on purpose: a change to a source file that the tests concerned must not survive. */
export interface Breach {
  /** Unique, for `--only` and the table: the room, a slash, what is broken. */
  readonly id: string;
  /** The source file that is changed, from the root of the tree. */
  readonly file: string;
  /** Exact text, which occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What the breach would mean to somebody who runs a link, in one line. */
  readonly meaning: string;
  /** Test files of which at least one test must fail, from the root of the tree. */
  readonly tests: readonly string[];
}

/** The room that a breach is counted under. */
export const roomOf = ({ id }: Breach): string => id.slice(0, id.indexOf("/"));
