import { logLine } from "../log-line.ts";
import { RepeatedFailures } from "../repeated-failures.ts";
import type { ChildLine } from "./json-child.ts";

/** Tells what the processes of a demo say went wrong: each failure once, a flood of them by its first. */
export class DemoFailures {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #told = new RepeatedFailures<{ readonly code: string; readonly message: string }>();
  #count = 0;

  constructor(write: (text: string) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
  }

  /** Failures so far, repetitions that a process counted itself left out. */
  get count(): number {
    return this.#count;
  }

  take({ type, code, message, remedy, times }: ChildLine, who: string): void {
    if (type !== "failure" || times !== undefined) return;
    this.#count += 1;
    if (this.#told.isNews({ code: String(code), message: `${who}: ${message}` }, this.#now()))
      this.#write(logLine(`${who}: ${code}: ${message}. Remedy: ${remedy}.`));
  }
}
