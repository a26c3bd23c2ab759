import type { distillationHave, PeerValueOf } from "../../../../protocol/index.ts";

/** What Bob tells of a frame. */
export type Have = PeerValueOf<typeof distillationHave>;

/** The queue moves its items to the front again once so many places before them are empty, and as many as it has items. */
const EMPTY_PLACES = 1024;

/**
 * What Bob told and Alice has not compared yet, oldest first. A liar fills it to its bound with frames that nobody has:
 * taking one out and looking for the lowest gates cost the same however many there are.
 */
export class HaveQueue {
  #items: (Have | undefined)[] = [];
  #head = 0;
  /** Those that have the lowest first gate of themselves and all behind them: theirs rise from the oldest on. */
  #lowest: Have[] = [];
  #lowestHead = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): Have | undefined {
    return this.#items[this.#head];
  }

  /** The lowest first gate of all. */
  get lowestGate(): bigint | undefined {
    return this.#lowest[this.#lowestHead]?.firstGate;
  }

  push(have: Have): void {
    this.#items.push(have);
    const lowest = this.#lowest;
    while (lowest.length > this.#lowestHead && (lowest.at(-1)?.firstGate ?? 0n) > have.firstGate)
      lowest.pop();
    lowest.push(have);
  }

  shift(): Have | undefined {
    const have = this.first;
    if (have === undefined) return undefined;
    if (this.#lowest[this.#lowestHead] === have) this.#lowestHead += 1;
    this.#items[this.#head++] = undefined;
    if (this.#head >= EMPTY_PLACES && 2 * this.#head >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (this.#lowestHead >= EMPTY_PLACES && 2 * this.#lowestHead >= this.#lowest.length) {
      this.#lowest = this.#lowest.slice(this.#lowestHead);
      this.#lowestHead = 0;
    }
    return have;
  }

  /** How many lie before the first one that `is` so, counted from the oldest; looks from the item `from` on. -1: none. */
  find(is: (have: Have) => boolean, from: number): number {
    for (let at = this.#head + from; at < this.#items.length; at++)
      if (is(this.#items[at] as Have)) return at - this.#head;
    return -1;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#lowest = [];
    this.#lowestHead = 0;
  }
}
