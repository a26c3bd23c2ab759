/** Writes lines as fast as their reader takes them, so that none wait in memory. */
export class LineOutput {
  readonly #stream: NodeJS.WriteStream;
  #lost = false;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
    stream.once("error", () => {
      this.#lost = true;
    });
  }

  /** Whether nobody reads any more. */
  get lost(): boolean {
    return this.#lost;
  }

  async write(text: string): Promise<void> {
    if (this.#lost || this.#stream.write(text)) return;
    await new Promise<void>((resolve) => {
      this.#stream.once("drain", resolve);
      this.#stream.once("error", () => resolve());
    });
  }
}
