import type { CommissionNews } from "../../commissioning/index.ts";
import type { Say, TextId } from "../../report/index.ts";

/** Tells how commissioning goes on: the step under way is rewritten on a terminal, what is done stays. */
export class CommissionProgress {
  readonly #out: NodeJS.WriteStream;
  readonly #say: Say;
  #open = false;

  constructor(out: NodeJS.WriteStream, say: Say) {
    this.#out = out;
    this.#say = say;
  }

  take(news: CommissionNews): void {
    const say = this.#say;
    switch (news.type) {
      case "restored":
        this.line(say("say_restored", { settings: news.settings.join(", ") }));
        break;
      case "resumed":
        this.line(say("say_resume", { number: news.next, done: news.done }));
        break;
      case "step":
        if (!this.#out.isTTY) break;
        this.#out.write(
          `\r\x1b[K${say("say_step", { number: news.number, steps: news.of, name: news.name })}`,
        );
        this.#open = true;
        break;
      case "done": {
        const { number, name, verdict, finding, remedy, reason } = news;
        const shown = say(`verdict_${verdict}` as TextId);
        const word = verdict === "fail" ? shown.toUpperCase() : shown;
        this.line(say("say_done", { number: String(number).padStart(2), name, verdict: word }));
        const more = verdict === "pass" ? [] : [finding, reason, remedy].filter((text) => text !== null);
        for (const text of more) this.line(`     ${text}`);
        break;
      }
    }
  }

  /** A line that stays. */
  line(text: string): void {
    if (this.#open) this.#out.write("\r\x1b[K");
    this.#open = false;
    this.#out.write(`${text}\n`);
  }

  close(): void {
    if (this.#open) this.#out.write("\n");
    this.#open = false;
  }
}
