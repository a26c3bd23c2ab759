import { QkdError } from "../../errors/index.ts";

/** One reader of bytes that strangers can send, as the fuzzer drives it. */
export interface FuzzTarget {
  /** Inputs that an honest writer makes; the fuzzer begins with them. */
  seeds(): readonly Uint8Array[];
  /** Reads one input. Throws, or rejects, for whatever no input may cause; a refusal by a typed error is none. */
  run(input: Uint8Array): void | Promise<void>;
  /** Gives back what the target holds open. */
  close?(): Promise<void>;
}

/** What `read` gives, or undefined where it refuses by a typed error in one line; whatever else it throws goes on. */
export function accepted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof QkdError && !/[\r\n]/.test(error.line)) return undefined;
    throw error;
  }
}

/** Throws unless both are the same bytes. */
export function mustEqual(again: Uint8Array, input: Uint8Array, what: string): void {
  if (Buffer.compare(again, input) !== 0)
    throw new Error(
      `${what} of ${input.length} bytes is accepted and written as other ${again.length} bytes`,
    );
}

/** Bytes of several pieces back to back. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
