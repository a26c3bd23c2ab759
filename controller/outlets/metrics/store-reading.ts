import type { StoreFigures } from "../../link/controller.ts";

/** Figures of the key store, asked one look after the other, so that a slow store holds no scrape up. */
export class StoreReading {
  readonly #ask: () => Promise<StoreFigures>;
  #figures: StoreFigures | null = null;
  #asking = false;

  constructor(ask: () => Promise<StoreFigures>) {
    this.#ask = ask;
  }

  /** Null before the first answer, and after a failure, which the site tells itself. */
  get figures(): StoreFigures | null {
    return this.#figures;
  }

  /** Asks anew unless an answer is outstanding. Never rejects. */
  async look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#figures = await this.#ask().catch(() => null);
    this.#asking = false;
  }
}
