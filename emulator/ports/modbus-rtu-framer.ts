import { modbusCrc } from "./modbus-crc.ts";

/** What the framer made of the bytes so far. */
export type RtuRequest =
  | { readonly kind: "request"; readonly unit: number; readonly pdu: Uint8Array }
  | { readonly kind: "damaged"; readonly bytes: number };

/** An RTU frame has at most 256 bytes. */
const MAX_FRAME_BYTES = 256;

/**
 * Cuts Modbus RTU requests out of a byte stream. A request ends where its function code says it must, or, for unknown
 * functions, at a silence. Silence alone cannot be trusted to end frames: a scheduler's pauses look like it. A frame
 * with a wrong checksum is skipped together with everything up to the next silence.
 */
export class RtuFramer {
  #pending: number[] = [];
  #skipping = false;

  /** Takes bytes in, returns what is complete. */
  push(chunk: Uint8Array): RtuRequest[] {
    if (this.#skipping) return [];
    for (const byte of chunk) this.#pending.push(byte);
    const out: RtuRequest[] = [];
    for (;;) {
      const length = expectedLength(this.#pending);
      if (length === undefined && this.#pending.length <= MAX_FRAME_BYTES) return out;
      if (length !== undefined && this.#pending.length < length) return out;
      if (!this.#take(length ?? this.#pending.length, out)) {
        this.#skipping = true;
        this.#pending = [];
        return out;
      }
    }
  }

  /** The line was silent: what is pending is a whole frame or damage. */
  silence(): RtuRequest[] {
    const out: RtuRequest[] = [];
    if (this.#pending.length > 0) this.#take(this.#pending.length, out);
    this.#pending = [];
    this.#skipping = false;
    return out;
  }

  #take(length: number, out: RtuRequest[]): boolean {
    const frame = Uint8Array.from(this.#pending.splice(0, length));
    const good =
      frame.length >= 4 && modbusCrc(frame.subarray(0, -2)) === (frame.at(-2)! | (frame.at(-1)! << 8));
    if (good) out.push({ kind: "request", unit: frame[0]!, pdu: frame.slice(1, -2) });
    else out.push({ kind: "damaged", bytes: frame.length });
    return good;
  }
}

/** Whole length of the request that starts `bytes`, or undefined while, or because, it cannot be told. */
function expectedLength(bytes: readonly number[]): number | undefined {
  const functionCode = bytes[1];
  if (functionCode === undefined) return undefined;
  if (functionCode >= 1 && functionCode <= 6) return 8;
  if (functionCode === 15 || functionCode === 16) return bytes[6] === undefined ? undefined : 9 + bytes[6];
  if (functionCode === 43) return 7;
  return undefined;
}
