import type { Moment } from "../scenario/moments.ts";

/** Moments of a timeline in the order of time, each handed out once. */
export class DueMoments {
  readonly #moments: readonly Moment[];
  #next = 0;

  constructor(moments: readonly Moment[]) {
    this.#moments = moments;
  }

  /** Those that are reached and were not handed out yet. */
  until(atS: number): readonly Moment[] {
    const from = this.#next;
    while ((this.#moments[this.#next]?.atS ?? Number.POSITIVE_INFINITY) <= atS) this.#next += 1;
    return this.#moments.slice(from, this.#next);
  }
}
