/** The protocol asks for at least 16 (SPEC 4.3). */
const KEPT = 32;

/** The last replies of one connection, byte for byte, found by sequence and opcode. */
export class ReplyCache {
  readonly #replies = new Map<string, Uint8Array>();

  /** Remembers a reply; the oldest one beyond the limit is forgotten. */
  store(sequence: number, opcode: number, reply: Uint8Array): void {
    const key = `${sequence}/${opcode}`;
    this.#replies.delete(key);
    this.#replies.set(key, reply);
    if (this.#replies.size > KEPT) this.#replies.delete(this.#replies.keys().next().value ?? "");
  }

  find(sequence: number, opcode: number): Uint8Array | undefined {
    return this.#replies.get(`${sequence}/${opcode}`);
  }
}
