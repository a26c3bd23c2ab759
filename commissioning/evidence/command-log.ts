/** What is written down of a command: never a key, and no bytes. */
export interface CommandEntry {
  readonly unit: string;
  readonly command: string;
  readonly ms: number;
  readonly answer: string;
  readonly [detail: string]: unknown;
}

/** Takes every command of a run, in order. */
export interface CommandLog {
  add(entry: CommandEntry): void;
}
