/** Keeps the newest `capacity` entries; the oldest go first and are counted. */
export class BoundedHistory<T> {
  readonly #capacity: number;
  readonly #entries: T[] = [];
  #forgotten = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Entries that had to make room. */
  get forgotten(): number {
    return this.#forgotten;
  }

  add(entry: T): void {
    this.#entries.push(entry);
    if (this.#entries.length <= this.#capacity) return;
    this.#entries.shift();
    this.#forgotten += 1;
  }

  /** Oldest first. */
  entries(): readonly T[] {
    return [...this.#entries];
  }
}
