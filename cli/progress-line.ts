import { logLine } from "./log-line.ts";

const PLAIN_EVERY_MS = 5000;

/**
 * Live progress: one line rewritten in place on a terminal, elsewhere a plain line with the time of day every few seconds.
 */
export class ProgressLine {
  readonly #out: NodeJS.WriteStream;
  readonly #tty: boolean;
  #lastPlainMs = 0;
  #open = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#tty = out.isTTY === true;
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.#open) this.#out.write("\r\x1b[K");
    this.#open = false;
    this.#out.write(`${text}\n`);
  }

  /** What is present `elapsedS` after the start. */
  show(text: string, elapsedS: number): void {
    if (this.#tty) {
      // A line that reaches the last column goes on in a second row, which `\r` does not reach.
      this.#out.write(`\r\x1b[K${text.slice(0, (this.#out.columns || Number.POSITIVE_INFINITY) - 1)}`);
      this.#open = true;
    } else if (elapsedS * 1000 - this.#lastPlainMs >= PLAIN_EVERY_MS) {
      this.#lastPlainMs = elapsedS * 1000;
      this.#out.write(logLine(text.trimStart()));
    }
  }

  close(): void {
    if (this.#open) this.#out.write("\n");
    this.#open = false;
  }
}
