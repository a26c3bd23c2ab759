import { checkArgument, rule } from "../options/index.ts";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * Owns key material and refuses to show it: `toString`, `toJSON` and `inspect` print the length alone.
 * JavaScript engines cannot guarantee that no copy stays in memory; `wipe` clears this copy.
 */
export class SecretBytes {
  readonly #bytes: Uint8Array;

  /** Takes ownership of `bytes`; the caller keeps no other reference. */
  constructor(bytes: Uint8Array) {
    checkArgument("bytes", bytes, rule.bytes);
    this.#bytes = bytes;
  }

  /** Number of bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The bytes themselves, not a copy. Never store or print the result. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  /** Overwrites the bytes with zeros. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return `[${this.#bytes.length} secret bytes]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [INSPECT](): string {
    return this.toString();
  }
}
