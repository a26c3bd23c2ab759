const GRAIN_BYTES = 1 << 16;

/** Where the planes of a frame lie; `memory` comes along the first time a place is used. */
export interface FramePlace {
  readonly place: number;
  readonly bytes: number;
  readonly memory?: SharedArrayBuffer;
}

/**
 * Memory shared with the engine's thread for the planes of raw-key frames. A frame keeps its place until the engine has
 * taken it over; then the next frame gets it, so that frames at line rate leave no garbage. Credits bound how many places
 * there are.
 */
export class SharedFrames {
  readonly #places: SharedArrayBuffer[] = [];
  readonly #free: number[] = [];

  put(planes: Uint8Array): FramePlace {
    const bytes = planes.length;
    const index = this.#free.findIndex((place) => (this.#places[place]?.byteLength ?? 0) >= bytes);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    const place = found ?? this.#add(bytes);
    const memory = this.#places[place] as SharedArrayBuffer;
    new Uint8Array(memory).set(planes);
    return found === undefined ? { place, bytes, memory } : { place, bytes };
  }

  /** The engine wiped the place and does not look at it again. */
  release(place: number): void {
    if (place in this.#places && !this.#free.includes(place)) this.#free.push(place);
  }

  get places(): number {
    return this.#places.length;
  }

  #add(bytes: number): number {
    this.#places.push(new SharedArrayBuffer(Math.max(1, Math.ceil(bytes / GRAIN_BYTES)) * GRAIN_BYTES));
    return this.#places.length - 1;
  }
}
