import type { PlainValue } from "./plain-value.ts";

/** What a packet says. */
export interface Decoded {
  /** Name of its message: `status`, `distillation.sift`, `readInputRegisters`; `damaged` for bytes that were none. */
  readonly name: string;
  /** What it is within its plane: request, reply, error, event, message, damaged. */
  readonly kind: "request" | "reply" | "error" | "event" | "message" | "damaged";
  /** One line that says what it is. */
  readonly title: string;
  /** A line for each field. */
  readonly lines: readonly string[];
  /** The same fields for programs. */
  readonly fields: { readonly [name: string]: PlainValue };
  /** Why its fields cannot be read, where they cannot. */
  readonly malformed?: string;
  readonly sequence?: number;
  readonly opcode?: number;
}
