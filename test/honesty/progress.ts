import type { ThreadNews } from "./suite/thread-messages.ts";

/** Tells how the run goes: one line that keeps changing on a terminal, a line for each finished test elsewhere. */
export class Progress {
  readonly #total: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #running = new Map<number, string>();
  #finished = 0;

  constructor(total: number, stream: NodeJS.WriteStream) {
    this.#total = total;
    this.#stream = stream;
  }

  readonly tell = (news: ThreadNews): void => {
    if (news.type === "started") this.#running.set(news.test, "");
    if (news.type === "progress") this.#running.set(news.test, news.text);
    if (news.type === "result") {
      const { number, title, passed, seconds } = news.result;
      this.#running.delete(number);
      this.#finished++;
      this.clear();
      this.#stream.write(
        `[${this.#finished}/${this.#total}] ${passed ? "ok  " : "FAIL"} ${number}. ${title} (${seconds.toFixed(1)} s)\n`,
      );
    }
    this.#redraw();
  };

  /** Wipes the changing line. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }

  #redraw(): void {
    if (!this.#stream.isTTY) return;
    const line = [...this.#running].map(([test, text]) => `${test}: ${text}`).join("  |  ");
    this.#stream.write(`\r\x1b[K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }
}
