import {
  encodeFrame,
  FrameScanner,
  type FramingOptions,
  MAX_REQUEST_PAYLOAD_BYTES,
} from "../../protocol/index.ts";
import { type RecordedAnswer, recordedAnswer } from "./recorded-answer.ts";
import type { RecordedUnit, SaidEvent } from "./recorded-unit.ts";

/** Replies that are kept for repeats (SPEC 4.3). */
const KEPT_REPLIES = 16;

/** One connection to a recorded unit: requests in, frames out; the time of the recording comes from outside. */
export class ReplaySession {
  readonly #unit: RecordedUnit;
  readonly #framing: FramingOptions;
  readonly #scanner: FrameScanner;
  readonly #kept = new Map<string, Uint8Array>();
  #events = 0;
  #requests = 0;

  constructor(unit: RecordedUnit, framing: FramingOptions = {}) {
    this.#unit = unit;
    this.#framing = framing;
    this.#scanner = new FrameScanner({ ...framing, maxPayloadBytes: MAX_REQUEST_PAYLOAD_BYTES });
  }

  /** Requests received so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Takes bytes of the driver and gives the frames that answer them at that time of the recording. */
  receive(bytes: Uint8Array, atNs: bigint): Uint8Array[] {
    return this.#scanner.push(bytes).flatMap((event) => {
      if (event.kind !== "frame" || event.frame.kind !== "request") return [];
      this.#requests += 1;
      const { sequence, opcode, repeat, payload } = event.frame;
      const key = `${sequence}:${opcode}`;
      const kept = repeat ? this.#kept.get(key) : undefined;
      const reply = kept ?? this.#reply(sequence, opcode, recordedAnswer(this.#unit, opcode, payload, atNs));
      this.#keep(key, reply);
      return [reply];
    });
  }

  /** The frame of an event that happens now. */
  event({ opcode, payload }: SaidEvent): Uint8Array {
    const sequence = this.#events;
    this.#events = (sequence + 1) & 0xffff;
    return encodeFrame({ kind: "event", repeat: false, sequence, opcode }, payload, this.#framing);
  }

  #reply(sequence: number, opcode: number, { error, payload }: RecordedAnswer): Uint8Array {
    const kind = error ? "error" : "reply";
    return encodeFrame({ kind, repeat: false, sequence, opcode }, payload, this.#framing);
  }

  #keep(key: string, reply: Uint8Array): void {
    this.#kept.delete(key);
    this.#kept.set(key, reply);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_REPLIES && oldest !== undefined) this.#kept.delete(oldest);
  }
}
