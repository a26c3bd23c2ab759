import { planeBytes } from "../../../../protocol/index.ts";
import { type FrameFacts, PLANES } from "../frame-facts.ts";
import type { PlanePool } from "../memory/plane-pool.ts";

const ZEROS = new Uint8Array(1 << 16);

/**
 * A raw-key frame in the engine's hands. It arrives in memory that it shares with the main thread; once it is kept, its
 * planes lie in the engine's own memory and the place where they came is wiped and free.
 */
export class CollectedFrame {
  readonly facts: FrameFacts;
  #planes: Uint8Array;
  #pool: PlanePool | null = null;
  #keptAtMs = 0;

  constructor(facts: FrameFacts, planes: Uint8Array) {
    this.facts = facts;
    this.#planes = planes;
  }

  /** Whether the planes lie in the engine's own memory. */
  get kept(): boolean {
    return this.#pool !== null;
  }

  /** This site's clock when the frame was kept. */
  get keptAtMs(): number {
    return this.#keptAtMs;
  }

  /** Bytes of all planes. */
  get bytes(): number {
    return PLANES[this.facts.role] * this.facts.planeBytes;
  }

  /** Plane `index`, cut to the detections. */
  plane(index: number): Uint8Array {
    const from = index * this.facts.planeBytes;
    return this.#planes.subarray(from, from + planeBytes(this.facts.detections));
  }

  /** Moves the planes into the pool's memory. */
  keep(pool: PlanePool, nowMs: number): void {
    if (this.#pool !== null) return;
    this.#keptAtMs = nowMs;
    const copy = pool.take(this.bytes);
    copy.set(this.#planes.subarray(0, this.bytes));
    wipe(this.#planes);
    this.#planes = copy;
    this.#pool = pool;
  }

  /** Wipes the planes and gives their memory back. */
  drop(): void {
    if (this.#pool === null) wipe(this.#planes);
    else this.#pool.give(this.#planes);
    this.#planes = new Uint8Array();
    this.#pool = null;
  }
}

/** By copies: `fill` goes through shared memory byte by byte. */
function wipe(planes: Uint8Array): void {
  for (let at = 0; at < planes.length; at += ZEROS.length)
    planes.set(ZEROS.subarray(0, planes.length - at), at);
}
