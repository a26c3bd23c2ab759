import { checkArgument, rule } from "../../options/index.ts";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** What a frame is: decided by its flags (SPEC 3.2). */
export type FrameKind = "request" | "reply" | "error" | "event";

/** The fields of a frame header that carry meaning. */
export interface FrameHead {
  readonly kind: FrameKind;
  /** A request that is sent again with the sequence of the first one; false for everything else. */
  readonly repeat: boolean;
  /** Of requests, chosen by the driver; of replies, the request's; of events, the device's event counter. 16 bits. */
  readonly sequence: number;
  /** 16 bits; see the catalogue. */
  readonly opcode: number;
}

const HEAD = rule.like(
  {
    kind: rule.choice("request", "reply", "error", "event"),
    repeat: rule.flag,
    sequence: rule.anyNumber,
    opcode: rule.anyNumber,
  },
  "the head of a frame",
);

/** A received frame whose checksums are right. Prints without its payload, which may be key material. */
export class Frame implements FrameHead {
  readonly kind: FrameKind;
  readonly repeat: boolean;
  readonly sequence: number;
  readonly opcode: number;
  readonly #payload: Uint8Array<ArrayBuffer>;

  constructor(head: FrameHead, payload: Uint8Array<ArrayBuffer>) {
    checkArgument("head", head, HEAD);
    checkArgument("payload", payload, rule.bytes);
    this.kind = head.kind;
    this.repeat = head.repeat;
    this.sequence = head.sequence;
    this.opcode = head.opcode;
    this.#payload = payload;
  }

  /** Fills its own ArrayBuffer: it can be kept or transferred. */
  get payload(): Uint8Array<ArrayBuffer> {
    return this.#payload;
  }

  toJSON(): FrameHead & { readonly payloadBytes: number } {
    const { kind, repeat, sequence, opcode } = this;
    return { kind, repeat, sequence, opcode, payloadBytes: this.#payload.length };
  }

  toString(): string {
    const opcode = `0x${this.opcode.toString(16).padStart(4, "0")}`;
    return `[${this.kind} ${opcode}, sequence ${this.sequence}, ${this.#payload.length} payload bytes]`;
  }

  [INSPECT](): string {
    return this.toString();
  }
}
