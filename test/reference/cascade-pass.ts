/** One way of cutting a frame into ranges whose parities are compared. Slots are positions in this pass's order. */
export interface PassOrder {
  readonly slots: number;
  readonly block: number;
  /** Slot that holds a key bit. */
  slotOf(bit: number): number;
  /** Key bit in a slot, or -1 where the slot is empty. */
  bitIn(slot: number): number;
  /** A random-subset pass: two blocks (subset, complement), ranges remembered only down to 64 slots. */
  readonly subset: boolean;
}

/** A pass with its known ranges ("leaves") and which of them differ between the sides. */
export class ReferencePass {
  readonly order: PassOrder;
  readonly #starts: Uint8Array;
  readonly #odd: Uint8Array;
  oddCount = 0;

  constructor(order: PassOrder) {
    this.order = order;
    this.#starts = new Uint8Array(order.slots);
    this.#odd = new Uint8Array(order.slots);
    for (let slot = 0; slot < order.slots; slot += order.block) this.#starts[slot] = 1;
  }

  get blocks(): number {
    return Math.ceil(this.order.slots / this.order.block);
  }

  /** Parity of the key bits in slots [from, to). */
  parity(key: Uint8Array, from: number, to: number): number {
    let parity = 0;
    for (let slot = from; slot < to; slot++) {
      const bit = this.order.bitIn(slot);
      if (bit >= 0) parity ^= key[bit]!;
    }
    return parity;
  }

  /** Flips the oddness of the leaf that holds this slot. */
  toggle(slot: number): void {
    let start = slot;
    while (this.#starts[start] === 0) start--;
    this.#odd[start]! ^= 1;
    this.oddCount += this.#odd[start] === 1 ? 1 : -1;
  }

  /** Takes up to `limit` odd leaves in ascending order; they count as even from now on. */
  takeOdd(limit: number): [number, number][] {
    const leaves: [number, number][] = [];
    for (let slot = 0; slot < this.order.slots && leaves.length < limit; slot++) {
      if (this.#odd[slot] === 0) continue;
      this.#odd[slot] = 0;
      this.oddCount--;
      let end = slot + 1;
      while (end < this.order.slots && this.#starts[end] === 0) end++;
      leaves.push([slot, end]);
    }
    return leaves;
  }

  /** Where a leaf is cut in two. */
  middle(from: number, to: number): number {
    if (this.order.subset && to - from > 64) return from + 64 * (((to - from) / 64 + 1) >> 1);
    return from + ((to - from + 1) >> 1);
  }

  /** Remembers that both halves of a leaf are now known. */
  split(from: number, to: number, middle: number): void {
    if (!this.order.subset || to - from > 64) this.#starts[middle] = 1;
  }

  /** Narrows a small subset leaf for free while one half holds no key bit. */
  narrow(from: number, to: number): [number, number] {
    while (this.order.subset && to - from > 1 && to - from <= 64) {
      const middle = this.middle(from, to);
      if (!this.#holdsBits(middle, to)) to = middle;
      else if (!this.#holdsBits(from, middle)) from = middle;
      else break;
    }
    return [from, to];
  }

  #holdsBits(from: number, to: number): boolean {
    for (let slot = from; slot < to; slot++) if (this.order.bitIn(slot) >= 0) return true;
    return false;
  }
}
