/** A reader that takes nothing keeps lines waiting in memory: of what exceeds this only a count is kept. */
const MOST_WAITING_BYTES = 1 << 20;

/** Where lines go: standard output. */
export interface LogOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly writableLength: number;
}

/**
 * Lines for a reader who may stop reading. From a mebibyte that waits on, lines are counted in place of being kept; the
 * count is told before the next line that is printed, and at the end.
 */
export class BoundedLog {
  readonly #out: LogOutput;
  readonly #told: (sentence: string) => string;
  readonly #json: boolean;
  #unprinted = 0;

  /** `told` makes a line of the sentence that people read; programs get `{"type":"unprinted","events"}`. */
  constructor(
    out: LogOutput,
    json: boolean,
    told: (sentence: string) => string = (sentence) => `${sentence}\n`,
  ) {
    this.#out = out;
    this.#json = json;
    this.#told = told;
  }

  write(line: string): void {
    if (this.#out.writableLength > MOST_WAITING_BYTES) {
      this.#unprinted += 1;
      return;
    }
    this.tellUnprinted();
    this.#out.write(line);
  }

  /** How many lines were not printed since that was told last, if any. */
  tellUnprinted(): void {
    const events = this.#unprinted;
    if (events === 0) return;
    this.#unprinted = 0;
    const sentence = `${events} events were not printed: standard output took nothing`;
    this.#out.write(this.#json ? `${JSON.stringify({ type: "unprinted", events })}\n` : this.#told(sentence));
  }
}
