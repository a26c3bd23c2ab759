import type { ParityEntry } from "./parity-entry.ts";

/**
 * Gathers the parities of one engine step, so that all cohorts of a block that moved on share one message. Bounded by
 * the cohorts in flight.
 */
export class ParityBatch {
  #entries = new Map<number, ParityEntry[]>();

  add(sequence: number, entry: ParityEntry): void {
    const entries = this.#entries.get(sequence);
    if (entries === undefined) this.#entries.set(sequence, [entry]);
    else entries.push(entry);
  }

  /** Everything gathered, by block; empty afterwards. */
  take(): readonly { readonly sequence: number; readonly entries: readonly ParityEntry[] }[] {
    if (this.#entries.size === 0) return [];
    const messages = [...this.#entries].map(([sequence, entries]) => ({ sequence, entries }));
    this.#entries = new Map();
    return messages;
  }
}
