import { MAX_CELL_PLANES, MAX_PASSES } from "./plan/cascade-plan.ts";
import type { WasmInstance } from "./wasm-instance.ts";

const MAX_MASKS = MAX_CELL_PLANES + MAX_PASSES;
/** Tables without a cohort that are kept for the next one. */
const SPARE = 2;

interface Entry {
  readonly name: string;
  readonly at: number;
  users: number;
}

/**
 * Permutations and masks by seed and frame length. They cost about as much to draw as a frame to reconcile and more
 * memory than ten frames; cohorts with equal seeds share them.
 */
export class CascadeTables {
  readonly #wasm: WasmInstance;
  /** Least recently taken first. */
  #entries: Entry[] = [];

  constructor(wasm: WasmInstance) {
    this.#wasm = wasm;
  }

  /** Address of the tables; `release` it once. */
  take(seed: Uint8Array, frameBits: number): number {
    const name = `${frameBits} ${seed.subarray(0, 32).join()}`;
    const entry =
      this.#entries.find((candidate) => candidate.name === name) ?? this.#draw(name, seed, frameBits);
    entry.users++;
    this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
    return entry.at;
  }

  release(at: number): void {
    const entry = this.#entries.find((candidate) => candidate.at === at);
    if (entry === undefined) return;
    entry.users--;
    const idle = this.#entries.filter((candidate) => candidate.users === 0);
    for (const old of idle.slice(0, Math.max(0, idle.length - SPARE))) {
      this.#wasm.heap.release(old.at);
      this.#entries = this.#entries.filter((other) => other !== old);
    }
  }

  #draw(name: string, seed: Uint8Array, frameBits: number): Entry {
    const { exports, heap } = this.#wasm;
    const at = heap.allocate(exports.cascadeTablesBytes(frameBits, MAX_MASKS));
    heap.with(32, (seedAt) => {
      heap.view(seedAt, 32).set(seed.subarray(0, 32));
      exports.cascadeTablesBegin(at, frameBits, MAX_MASKS, seedAt);
    });
    return { name, at, users: 0 };
  }
}
