/** One message of the feed as it goes over a stream. */
export interface NumberedMessage {
  readonly number: number;
  readonly text: string;
}

const KEPT = 256;

/** The last 256 messages of a feed, so that a stream that broke goes on where it was. Pure but for what it holds. */
export class MessageRing {
  /** Tells this run of the program from others, whose numbers mean other messages. */
  readonly #run: string;
  #messages: readonly NumberedMessage[] = [];
  #number = 0;

  constructor(run: string) {
    this.#run = run;
  }

  /** Adds a message of that type; gives it as it is sent. */
  add(type: string, data: unknown): NumberedMessage {
    this.#number += 1;
    const text = `id: ${this.#run}-${this.#number}\nevent: ${type}\ndata: ${JSON.stringify(data, plain)}\n\n`;
    const message = { number: this.#number, text };
    this.#messages = [...this.#messages, message].slice(-KEPT);
    return message;
  }

  /**
   * Text of what came after the message with this ID; null where that is not known any more, which a reader has to be
   * told, since it lacks something.
   */
  after(lastId: string): string | null {
    const [, run, digits] = /^([A-Za-z0-9_]+)-(\d{1,15})$/.exec(lastId) ?? [];
    const last = Number(digits);
    const first = this.#messages[0]?.number ?? this.#number + 1;
    if (run !== this.#run || last > this.#number || last < first - 1) return null;
    return this.#messages
      .filter(({ number }) => number > last)
      .map(({ text }) => text)
      .join("");
  }
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
