import type { Figure } from "./figure.ts";

/** What a bench may know of the run it belongs to. */
export interface BenchContext {
  /** Seconds that `--seconds` asks of long benches, or the bench's own. */
  seconds(standard: number): number;
  /** Says what is going on, on stderr. */
  progress(text: string): void;
}

/** One named part of the suite. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  run(context: BenchContext): Promise<readonly Figure[]>;
}
