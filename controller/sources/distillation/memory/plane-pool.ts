/** Buffers are this much larger than asked for, at most, so that frames of about the same size share them. */
const MOST_WASTE = 1.25;
const GRAIN_BYTES = 4096;

/**
 * Memory for the planes of frames that wait for the end of their block. Counts what is out, so that its owner can bound
 * it; wipes what comes back, and uses it again.
 */
export class PlanePool {
  readonly #spareBytes: number;
  readonly #spare: Uint8Array[] = [];
  #heldBytes = 0;
  #keptBytes = 0;

  /** `spareBytes`: memory that is kept for the next frames, at most. */
  constructor(spareBytes: number) {
    this.#spareBytes = spareBytes;
  }

  /** Bytes that are out. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Exactly so many bytes; give back what was taken. */
  take(bytes: number): Uint8Array {
    this.#heldBytes += bytes;
    const index = this.#spare.findIndex(
      ({ length }) => length >= bytes && length <= MOST_WASTE * bytes + GRAIN_BYTES,
    );
    const [found] = index < 0 ? [] : this.#spare.splice(index, 1);
    if (found === undefined)
      return new Uint8Array(GRAIN_BYTES * Math.ceil(bytes / GRAIN_BYTES)).subarray(0, bytes);
    this.#keptBytes -= found.length;
    return found.subarray(0, bytes);
  }

  give(planes: Uint8Array): void {
    this.#heldBytes -= planes.length;
    planes.fill(0);
    const whole = new Uint8Array(planes.buffer);
    if (this.#keptBytes + whole.length > this.#spareBytes) return;
    this.#spare.push(whole);
    this.#keptBytes += whole.length;
  }
}
