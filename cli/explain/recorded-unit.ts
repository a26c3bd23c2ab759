import { type CapturePacket, decodePseudoHeader, PSEUDO_HEADER_BYTES, planeOf } from "../../capture/index.ts";
import { addCounts, type EndCounts, type GateList, NO_COUNTS } from "../../diagnosis/index.ts";
import { CodecError } from "../../errors/index.ts";
import {
  COMMANDS,
  decodeInputRegisters,
  EVENTS,
  type Frame,
  FrameScanner,
  type FramingOptions,
  IDENTIFICATION_OBJECTS,
  modbusCrc16,
  PARAMETERS,
  type RegisterValues,
} from "../../protocol/index.ts";

/** What one bucket of time holds of a unit. */
export interface UnitSpan {
  counts: EndCounts;
  registers: RegisterValues;
}

/** A half of a raw-key frame as a recording holds it: which gates, no bit. */
export interface RecordedHalf extends GateList {
  readonly role: "qtx" | "qrx";
  readonly frameId: number;
  readonly sessionNumber: number;
}

/** Who is told of the halves of frames, to put them together. */
export type TakeHalf = (half: RecordedHalf, atNs: bigint) => void;

const READ_INPUT_REGISTERS = 4;
const IDENTIFICATION = 43;
/** Unit, function, two bytes of checksum. */
const LEAST_MODBUS_BYTES = 4;
const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);

/**
 * What the packets of one unit of a recording tell, gathered as they come and put down by `spanAt`, which gives the bucket
 * of a time, or nothing for one that is over. It keeps no packet.
 */
export class RecordedUnitReader {
  readonly #framing: FramingOptions;
  readonly #spanAt: (atNs: bigint) => UnitSpan | undefined;
  readonly #takeHalf: TakeHalf;
  #request: Uint8Array | null = null;
  role: "qtx" | "qrx" | null = null;
  linkId: string | null = null;
  /** What the receiver's bias was set to, as told last. */
  biasSetV: number | null = null;

  constructor(framing: FramingOptions, spanAt: (atNs: bigint) => UnitSpan | undefined, takeHalf: TakeHalf) {
    this.#framing = framing;
    this.#spanAt = spanAt;
    this.#takeHalf = takeHalf;
  }

  /** Takes the next packet. What contradicts its declaration tells nothing. */
  take({ atNs, bytes, interface: { linkType } }: CapturePacket): void {
    const facts = decodePseudoHeader(bytes);
    if (facts === undefined || facts.damaged) return;
    const frame = bytes.subarray(PSEUDO_HEADER_BYTES);
    const plane = planeOf(linkType);
    try {
      if (plane === "modbus") this.#modbus(atNs, frame, facts.direction === "toDevice");
      if (plane === "session" && facts.direction === "fromDevice")
        for (const event of new FrameScanner(this.#framing).push(frame))
          if (event.kind === "frame") this.#session(atNs, event.frame);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
    }
  }

  #session(atNs: bigint, { kind, opcode, payload }: Frame): void {
    if (kind === "event") {
      if (opcode === EVENTS.rawKeyQtx.opcode)
        this.#frame(atNs, "qtx", EVENTS.rawKeyQtx.event.decode(payload), null);
      if (opcode === EVENTS.rawKeyQrx.opcode) {
        const frame = EVENTS.rawKeyQrx.event.decode(payload);
        const { clicksDetector0, clicksDetector1, doubleClicks, deadGates, photocurrentNa } = frame;
        const clicks = [clicksDetector0, clicksDetector1] as const;
        this.#frame(atNs, "qrx", frame, { clicks, doubleClicks, deadGates, photocurrentNa });
      }
    } else if (kind === "reply") this.#reply(opcode, payload);
  }

  #frame(
    atNs: bigint,
    role: "qtx" | "qrx",
    half: Omit<RecordedHalf, "role">,
    receiver: EndCounts["receiver"],
  ): void {
    this.role = role;
    const { detections, gateCount } = half;
    const span = this.#spanAt(atNs);
    if (span !== undefined)
      span.counts = addCounts(span.counts, { gates: Number(gateCount), detections, receiver });
    this.#takeHalf({ ...half, role }, atNs);
  }

  #reply(opcode: number, payload: Uint8Array): void {
    if (opcode === COMMANDS.identify.opcode) {
      const { role, linkId } = COMMANDS.identify.reply.decode(payload);
      this.role = role;
      this.linkId = Buffer.from(linkId).toString("hex");
    }
    if (opcode === COMMANDS.getParameter.opcode || opcode === COMMANDS.setParameter.opcode)
      this.#parameter(COMMANDS.getParameter.reply.decode(payload));
    if (opcode === COMMANDS.listParameters.opcode)
      for (const one of COMMANDS.listParameters.reply.decode(payload).parameters) this.#parameter(one);
  }

  #parameter({ id, value }: { readonly id: number; readonly value: unknown }): void {
    if (id === PARAMETERS.detectorBiasV.id && typeof value === "number") this.biasSetV = value;
  }

  #modbus(atNs: bigint, frame: Uint8Array, asks: boolean): void {
    const crc = (frame.at(-2) ?? 0) + 256 * (frame.at(-1) ?? 0);
    if (frame.length < LEAST_MODBUS_BYTES || modbusCrc16(frame, 0, frame.length - 2) !== crc) return;
    const pdu = frame.subarray(1, -2);
    if (asks) {
      this.#request = pdu;
      return;
    }
    const request = this.#request;
    if (request === null || request[0] !== pdu[0]) return;
    if (pdu[0] === IDENTIFICATION) this.#identification(pdu);
    if (pdu[0] !== READ_INPUT_REGISTERS) return;
    const words = Array.from({ length: (pdu[1] ?? 0) >> 1 }, (_, index) => u16(pdu, 2 + 2 * index));
    const span = this.#spanAt(atNs);
    if (span === undefined || words.length !== u16(request, 3)) return;
    span.registers = { ...span.registers, ...decodeInputRegisters(words, u16(request, 1)) };
  }

  #identification(pdu: Uint8Array): void {
    for (let at = 7, left = pdu[6] ?? 0; left > 0 && at + 1 < pdu.length; left -= 1) {
      const [id, length] = [pdu[at] as number, pdu[at + 1] as number];
      const text = new TextDecoder().decode(pdu.subarray(at + 2, at + 2 + length));
      if (id === IDENTIFICATION_OBJECTS.role.id && (text === "qtx" || text === "qrx")) this.role = text;
      if (id === IDENTIFICATION_OBJECTS.linkId.id) this.linkId = text;
      at += 2 + length;
    }
  }
}

/** A bucket in which nothing happened yet. */
export const emptySpan = (): UnitSpan => ({ counts: NO_COUNTS, registers: {} });
