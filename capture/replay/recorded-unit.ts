import {
  COMMANDS,
  EVENTS,
  type Frame,
  FrameScanner,
  type FramingOptions,
  modbusCrc16,
} from "../../protocol/index.ts";
import { decodePseudoHeader, PSEUDO_HEADER_BYTES, planeOf } from "../packet/pseudo-header.ts";
import type { CapturePacket } from "../pcapng/capture-reader.ts";
import { RecordedRegisters } from "./recorded-registers.ts";

/** A payload with the time at which it was said. */
export interface Said {
  readonly atNs: bigint;
  readonly payload: Uint8Array;
}

/** An answer of the unit, or its refusal. */
export interface SaidReply extends Said {
  readonly error: boolean;
}

/** An event of the unit. */
export interface SaidEvent extends Said {
  readonly opcode: number;
}

/** Opcodes of raw key, which a recording does not hold. */
const RAW_KEY: ReadonlySet<number> = new Set([EVENTS.rawKeyQtx.opcode, EVENTS.rawKeyQrx.opcode]);

/** What a recording holds of one unit: replies by what was asked, events, registers, each with its time. */
export class RecordedUnit {
  readonly registers = new RecordedRegisters();
  readonly events: SaidEvent[] = [];
  /** Raw-key frames that passed, of which no key was recorded. */
  rawKeyFrames = 0;
  firstNs: bigint | undefined;
  lastNs = 0n;
  readonly #framing: FramingOptions;
  readonly #replies = new Map<string, SaidReply[]>();
  readonly #asked = new Map<number, Frame>();
  #modbusRequest: Uint8Array | undefined;

  constructor(framing: FramingOptions = {}) {
    this.#framing = framing;
  }

  /** Takes the next packet of this unit. */
  take({ atNs, bytes, interface: { linkType } }: CapturePacket): void {
    const facts = decodePseudoHeader(bytes);
    if (facts === undefined || facts.damaged) return;
    this.firstNs ??= atNs;
    this.lastNs = atNs;
    const frame = bytes.subarray(PSEUDO_HEADER_BYTES);
    const asks = facts.direction === "toDevice";
    if (planeOf(linkType) === "modbus") this.#modbus(atNs, frame, asks);
    if (planeOf(linkType) === "session")
      for (const event of new FrameScanner(this.#framing).push(frame))
        if (event.kind === "frame") this.#session(atNs, event.frame);
  }

  /** Every reply to that request, in the order of time. */
  replies(opcode: number, request: Uint8Array): readonly SaidReply[] {
    return this.#replies.get(keyOf(opcode, request)) ?? [];
  }

  /** Every good reply to that command, whatever was asked, in the order of time. */
  repliesOf(command: keyof typeof COMMANDS): readonly SaidReply[] {
    const { opcode } = COMMANDS[command];
    return [...this.#replies]
      .filter(([key]) => key.startsWith(`${opcode}:`))
      .flatMap(([, replies]) => replies.filter(({ error }) => !error))
      .sort((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0));
  }

  #session(atNs: bigint, frame: Frame): void {
    const { kind, sequence, opcode, payload } = frame;
    if (kind === "request") this.#asked.set(sequence, frame);
    else if (kind === "event") {
      if (RAW_KEY.has(opcode)) this.rawKeyFrames += 1;
      else this.events.push({ atNs, opcode, payload });
    } else {
      const request = this.#asked.get(sequence);
      if (request?.opcode !== opcode) return;
      this.#asked.delete(sequence);
      const key = keyOf(opcode, request.payload);
      const replies = this.#replies.get(key) ?? [];
      replies.push({ atNs, payload, error: kind === "error" });
      this.#replies.set(key, replies);
    }
  }

  #modbus(atNs: bigint, frame: Uint8Array, asks: boolean): void {
    const crc = (frame.at(-2) ?? 0) + 256 * (frame.at(-1) ?? 0);
    if (frame.length < 4 || modbusCrc16(frame, 0, frame.length - 2) !== crc) return;
    if (asks) this.#modbusRequest = frame.subarray(1, -2);
    else if (this.#modbusRequest !== undefined)
      this.registers.take(atNs, this.#modbusRequest, frame.subarray(1, -2));
  }
}

function keyOf(opcode: number, request: Uint8Array): string {
  return `${opcode}:${Array.from(request, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The last of these at or before a time; the first one before that, since it is the nearest that is known. */
export function newestAt<T extends { readonly atNs: bigint }>(
  said: readonly T[],
  atNs: bigint,
): T | undefined {
  let [low, high] = [0, said.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((said[middle] as T).atNs <= atNs) low = middle + 1;
    else high = middle;
  }
  return said[Math.max(0, low - 1)];
}
