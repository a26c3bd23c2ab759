import type { Readable } from "node:stream";

const MOST_CHARACTERS = 2_000;

/** Keeps the end of what a container prints, to say why it did not start. */
export class LogTail {
  #text = "";

  follow(stream: Readable): void {
    stream.on("data", (chunk: unknown) => {
      this.#text = `${this.#text}${String(chunk)}`.slice(-MOST_CHARACTERS);
    });
    stream.on("error", () => {});
  }

  /** The last line with anything on it, printable characters only. */
  get last(): string | undefined {
    const lines = this.#text.split("\n").map((line) => line.replaceAll(/[^\x20-\x7e]/g, "").trim());
    return lines.findLast((line) => line !== "");
  }
}
