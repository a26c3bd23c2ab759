import type { ParityEntry } from "./parity-entry.ts";

/** Parities that share a message; one entry can be larger. */
const MESSAGE_BYTES = 1 << 20;

/**
 * Gathers the parities of one engine step, so that the cohorts of a block that moved on share messages. Bounded by the
 * cohorts in flight.
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
    const messages = [...this.#entries].flatMap(([sequence, entries]) =>
      cut(entries).map((piece) => ({ sequence, entries: piece })),
    );
    this.#entries = new Map();
    return messages;
  }
}

/** The entries in order, in pieces that fit a message. */
function cut(entries: readonly ParityEntry[]): readonly (readonly ParityEntry[])[] {
  const pieces: ParityEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const last = pieces.at(-1);
    if (last === undefined || bytes + entry.parities.length > MESSAGE_BYTES) {
      pieces.push([entry]);
      bytes = 0;
    } else last.push(entry);
    bytes += entry.parities.length;
  }
  return pieces;
}
