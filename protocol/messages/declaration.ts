import type { MessageCodec } from "../codec/message-codec.ts";

/** A command that the driver sends and the device answers. */
export interface CommandDeclaration<Q, R> {
  readonly kind: "command";
  /** 16 bits; below 0x8000. */
  readonly opcode: number;
  readonly meaning: string;
  /** Doing it twice leaves the device as doing it once: such a command may be repeated when its reply is lost. */
  readonly idempotent: boolean;
  /** Changes what the device does or is set to: refused while another connection has a lease (SPEC 6.34). */
  readonly writes: boolean;
  readonly request: MessageCodec<Q>;
  readonly reply: MessageCodec<R>;
}

/** A message that the device sends of its own accord. */
export interface EventDeclaration<E> {
  readonly kind: "event";
  /** 16 bits; 0x8000 and above. */
  readonly opcode: number;
  readonly meaning: string;
  readonly event: MessageCodec<E>;
}

/** Declares a command; infers its types from its codecs. */
export function command<Q, R>(declaration: Omit<CommandDeclaration<Q, R>, "kind">): CommandDeclaration<Q, R> {
  return { kind: "command", ...declaration };
}

/** Declares an event. */
export function event<E>(declaration: Omit<EventDeclaration<E>, "kind">): EventDeclaration<E> {
  return { kind: "event", ...declaration };
}
