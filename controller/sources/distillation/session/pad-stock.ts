import type { Pad } from "../block/pad.ts";

/** Pads that are kept for blocks to come, at most; a session has far fewer under way. */
const MOST = 512;

/**
 * Pads of one direction that were taken from the reserve and of which no tag was made, because a connection ended first.
 * They are used again before new ones are taken, so that whoever cuts connections costs a site nothing.
 */
export class PadStock {
  #pads: readonly Pad[] = [];

  get size(): number {
    return this.#pads.length;
  }

  add(pad: Pad): void {
    this.#pads = [...this.#pads, pad].sort((a, b) => a.offset - b.offset);
    while (this.#pads.length > MOST) this.#take(0).material.fill(0);
  }

  /** The oldest. */
  next(): Pad | null {
    return this.#pads.length === 0 ? null : this.#take(0);
  }

  /** The pad at that place of the reserve. Those before it are wiped: their owner has passed them. */
  at(offset: number): Pad | null {
    while ((this.#pads[0]?.offset ?? offset) < offset) this.#take(0).material.fill(0);
    return this.#pads[0]?.offset === offset ? this.#take(0) : null;
  }

  wipe(): void {
    for (const { material } of this.#pads) material.fill(0);
    this.#pads = [];
  }

  #take(index: number): Pad {
    const pad = this.#pads[index]!;
    this.#pads = this.#pads.filter((other) => other !== pad);
    return pad;
  }
}
