import type { Writable } from "node:stream";

/** One write at most. */
const PIECE_BYTES = 1 << 18;
/** So much is given to the socket before some of it has left. */
const AHEAD_BYTES = 1 << 20;
/** From so many pieces that have left on, their places are given up although others wait. */
const MOST_PASSED = 256;

interface Piece {
  readonly bytes: Uint8Array;
  readonly sent: (error: Error | null) => void;
}

/**
 * Writes in pieces, few at a time: a socket tells that bytes have left only when all that it was given has, and a reader
 * who is slow must be told from one who does not read.
 */
export class PacedWriter {
  readonly #socket: Writable;
  #waiting: Piece[] = [];
  #next = 0;
  #givenBytes = 0;
  #movedMs = performance.now();

  constructor(socket: Writable) {
    this.#socket = socket;
  }

  /** When something has left last, on the clock of `performance.now`. */
  get movedMs(): number {
    return this.#movedMs;
  }

  /** Resolves when all of it has left, rejects when it was lost. The bytes must stay as they are until then. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
        const piece = bytes.subarray(from, from + PIECE_BYTES);
        const last = from + PIECE_BYTES >= bytes.length;
        const sent = (error: Error | null): void => {
          if (error !== null) reject(error);
          else if (last) resolve();
        };
        this.#waiting.push({ bytes: piece, sent });
      }
      this.#pass();
    });
  }

  /** Nothing more is written; what waits is lost. */
  end(): void {
    const lost = this.#waiting.slice(this.#next);
    this.#waiting = [];
    this.#next = 0;
    for (const { sent } of lost) sent(new Error("the connection ended"));
  }

  #pass(): void {
    while (this.#next < this.#waiting.length && this.#givenBytes < AHEAD_BYTES) {
      const piece = this.#waiting[this.#next++] as Piece;
      this.#givenBytes += piece.bytes.length;
      this.#socket.write(piece.bytes, (error) => {
        this.#givenBytes -= piece.bytes.length;
        this.#movedMs = performance.now();
        piece.sent(error ?? null);
        this.#pass();
      });
    }
    if (this.#next < this.#waiting.length && this.#next < MOST_PASSED) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }
}
