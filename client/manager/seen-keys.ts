/** The IDs of the keys that were handed out last, so that none is used twice. */
export class SeenKeys {
  readonly #most: number;
  readonly #ids = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** False for an ID that was seen before. */
  add(keyId: string): boolean {
    if (this.#ids.has(keyId)) return false;
    this.#ids.add(keyId);
    if (this.#ids.size > this.#most) {
      const [oldest] = this.#ids;
      this.#ids.delete(oldest as string);
    }
    return true;
  }
}
