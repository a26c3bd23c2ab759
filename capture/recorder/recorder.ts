import type { WireDirection, WireTap } from "../../drivers/index.ts";
import type { FrameEvent, FramingOptions } from "../../protocol/index.ts";
import { encodePseudoHeader, LINK_TYPES, type PacketDirection, type Plane } from "../packet/pseudo-header.ts";
import { interfaceBlock, packetBlock, sectionBlock, statisticsBlock } from "../pcapng/write-blocks.ts";
import { type RedactedPacket, redactFrame, zeros } from "../redaction/redact-frame.ts";

/** Takes the blocks of a recording. */
export interface BlockSink {
  /** Writes a packet, or says that there is no room for it now. Never throws. */
  packet(block: Uint8Array, atNs: bigint): boolean;
  /** Writes a block that belongs to the beginning of every file. */
  preamble(block: Uint8Array): void;
  /** Something that nobody foresaw: the recording ends. */
  failed(cause: unknown): void;
}

/** What a recorder is made of. */
export interface RecorderOptions {
  readonly sink: BlockSink;
  /** Time since 1970 in ns. */
  readonly now: () => bigint;
  /** The program that records, with its version. */
  readonly application: string;
  /** A faster checksum than the built-in one. */
  readonly crc32?: FramingOptions["crc32"];
}

interface Interface {
  readonly id: number;
  received: number;
  dropped: number;
}

/** Most units of a recording: their number has eight bits. */
export const MOST_UNITS = 256;

/**
 * Turns what taps are told into blocks of a pcapng file. Redaction comes first: what leaves a tap's call holds no key. It
 * harms nobody: a failure ends the recording alone, and packets that the sink has no room for are counted.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #framing: FramingOptions;
  readonly #interfaces: Interface[] = [];
  #units = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#framing = options.crc32 === undefined ? {} : { crc32: options.crc32 };
    options.sink.preamble(sectionBlock(options.application));
  }

  /** Packets written so far, and those for which there was no room. */
  get counts(): { readonly written: number; readonly dropped: number } {
    const sum = (of: "received" | "dropped") => this.#interfaces.reduce((total, one) => total + one[of], 0);
    return { written: sum("received") - sum("dropped"), dropped: sum("dropped") };
  }

  /** The tap of another unit, with an interface for each plane. `name` is what people call it. */
  unit(name: string, address: string): WireTap {
    const unit = this.#units++;
    const session = this.#open("session", name, address);
    const modbus = this.#open("modbus", name, address);
    return {
      session: (direction: WireDirection, event: FrameEvent) =>
        this.#keep(session, unit, direction, () => redactFrame(event, this.#framing)),
      modbus: (direction: WireDirection, frame: Uint8Array, whole: boolean) =>
        this.#keep(modbus, unit, direction, () =>
          whole ? [modbusFrame(frame)] : zeros(frame.length, "modbus"),
        ),
    };
  }

  /** Who is told of messages between two controllers, which are redacted already. */
  peer(name: string, address: string): (direction: "said" | "heard", packet: RedactedPacket) => void {
    const unit = this.#units++;
    const on = this.#open("peer", name, address);
    return (direction, packet) => this.#keep(on, unit, direction, () => [packet]);
  }

  /** What every interface counted, to stand at the end of a file. */
  statistics(): Uint8Array[] {
    const atNs = this.#options.now();
    return this.#interfaces.map(({ id, received, dropped }) =>
      statisticsBlock(id, atNs, { received, dropped }),
    );
  }

  #open(plane: Plane, name: string, address: string): Interface {
    const on = { id: this.#interfaces.length, received: 0, dropped: 0 };
    this.#interfaces.push(on);
    this.#options.sink.preamble(
      interfaceBlock(LINK_TYPES[plane], `${name} ${plane}`, `${plane} plane of ${name} at ${address}`),
    );
    return on;
  }

  #keep(on: Interface, unit: number, direction: PacketDirection, redacted: () => RedactedPacket[]): void {
    const { sink, now } = this.#options;
    try {
      const atNs = now();
      for (const packet of redacted()) {
        const { bytes, ...facts } = packet;
        const head = encodePseudoHeader({ ...facts, direction, unit });
        on.received += 1;
        if (!sink.packet(packetBlock(on.id, atNs, [head, bytes]), atNs)) on.dropped += 1;
      }
    } catch (cause) {
      sink.failed(cause);
    }
  }
}

/** The telemetry plane carries no key. */
function modbusFrame(frame: Uint8Array): RedactedPacket {
  return { bytes: frame, redacted: false, damaged: false, repeat: false, reason: "none" };
}
