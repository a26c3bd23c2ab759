import { CaptureError } from "../../errors/index.ts";
import { BLOCK, BYTE_ORDER, FRAME_BYTES, OPTION } from "./block-types.ts";

/** One interface of a capture. */
export interface CaptureInterface {
  readonly linkType: number;
  readonly name: string;
  readonly description: string;
}

/** One packet of a capture. */
export interface CapturePacket {
  /** Offset of its block in the file. */
  readonly offset: number;
  readonly interface: CaptureInterface;
  /** Time since 1970 in ns. */
  readonly atNs: bigint;
  /** A copy. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it had on the line, where a program cut it. */
  readonly originalBytes: number;
}

interface Section {
  readonly littleEndian: boolean;
  readonly interfaces: (CaptureInterface & { readonly nsPerTick: readonly [bigint, bigint] })[];
}

/** No block of ours, or of a program that changed one of ours, is longer. */
const MOST_BLOCK_BYTES = 1 << 24;
const decoder = new TextDecoder();

/**
 * Reads a pcapng file piece by piece, whoever wrote it: either order of bytes, any resolution of time, blocks of other
 * kinds passed over. Memory is bounded by one block. Throws CaptureError QKD_CAPTURE_DAMAGED, which names the offset and
 * how many packets were read.
 */
export class CaptureReader {
  #held: Uint8Array = new Uint8Array();
  #offset = 0;
  #section: Section | undefined;
  #packets = 0;

  /** Packets read so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Interfaces that the section has so far. */
  get interfaces(): number {
    return this.#section?.interfaces.length ?? 0;
  }

  /** Where the next block begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes the next bytes of the file and gives the packets that became complete, also those before a damage. */
  *push(chunk: Uint8Array): Generator<CapturePacket> {
    const bytes = joined(this.#held, chunk);
    this.#held = new Uint8Array();
    let at = 0;
    while (at < bytes.length) {
      const length = this.#blockLength(bytes.subarray(at));
      if (length === undefined || at + length > bytes.length) break;
      const packet = this.#block(bytes.subarray(at, at + length));
      this.#offset += length;
      at += length;
      if (packet !== undefined) yield packet;
    }
    this.#held = bytes.slice(at);
  }

  /** The beginning of the file was read: goes on at a later block of the same section, which an index names. */
  jump(offset: number): void {
    this.#held = new Uint8Array();
    this.#offset = offset;
  }

  /** The file has ended. */
  end(): void {
    if (this.#held.length > 0) throw this.#damage("it ends inside a block");
    if (this.#section === undefined) throw this.#damage("it is empty");
  }

  /** Whole length of the block at the beginning of `bytes`, or undefined while that cannot be told. */
  #blockLength(bytes: Uint8Array): number | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length < 4) return undefined;
    if (view.getUint32(0) === BLOCK.section) {
      if (bytes.length < FRAME_BYTES) return undefined;
      this.#section = { littleEndian: this.#byteOrder(view), interfaces: [] };
    } else if (this.#section === undefined) throw this.#damage("it does not begin as a pcapng file");
    if (bytes.length < 8) return undefined;
    const length = view.getUint32(4, this.#section?.littleEndian);
    if (length < FRAME_BYTES || length % 4 !== 0 || length > MOST_BLOCK_BYTES)
      throw this.#damage("a block has an impossible length");
    return length;
  }

  #byteOrder(view: DataView): boolean {
    if (view.getUint32(8) === BYTE_ORDER) return false;
    if (view.getUint32(8, true) === BYTE_ORDER) return true;
    throw this.#damage("a section has no order of bytes");
  }

  #block(bytes: Uint8Array): CapturePacket | undefined {
    const section = this.#section as Section;
    const { littleEndian } = section;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (view.getUint32(bytes.length - 4, littleEndian) !== bytes.length)
      throw this.#damage("the two lengths of a block differ");
    const type = view.getUint32(0, littleEndian);
    if (type === BLOCK.interface) this.#interface(section, bytes, view);
    if (type !== BLOCK.packet) return undefined;
    if (bytes.length < FRAME_BYTES + 20) throw this.#damage("a packet is too short");
    const from = section.interfaces[view.getUint32(8, littleEndian)];
    if (from === undefined) throw this.#damage("a packet names an interface that the section does not have");
    const high = BigInt(view.getUint32(12, littleEndian));
    const ticks = (high << 32n) | BigInt(view.getUint32(16, littleEndian));
    const length = view.getUint32(20, littleEndian);
    if (length > bytes.length - FRAME_BYTES - 20) throw this.#damage("a packet is longer than its block");
    this.#packets += 1;
    return {
      offset: this.#offset,
      interface: from,
      atNs: (ticks * from.nsPerTick[0]) / from.nsPerTick[1],
      bytes: Uint8Array.from(bytes.subarray(28, 28 + length)),
      originalBytes: view.getUint32(24, littleEndian),
    };
  }

  #interface({ littleEndian, interfaces }: Section, bytes: Uint8Array, view: DataView): void {
    if (bytes.length < FRAME_BYTES + 8) throw this.#damage("an interface is too short");
    const texts = new Map<number, string>();
    let nsPerTick: readonly [bigint, bigint] = [1000n, 1n];
    for (let at = 16; at + 4 <= bytes.length - 4; ) {
      const code = view.getUint16(at, littleEndian);
      const length = view.getUint16(at + 2, littleEndian);
      const value = bytes.subarray(at + 4, at + 4 + length);
      if (code === OPTION.end) break;
      if (at + 4 + length > bytes.length - 4) throw this.#damage("an option is longer than its block");
      if (code === OPTION.resolution && value[0] !== undefined) nsPerTick = resolution(value[0]);
      else texts.set(code, decoder.decode(value));
      at += 4 + Math.ceil(length / 4) * 4;
    }
    interfaces.push({
      linkType: view.getUint16(8, littleEndian),
      name: texts.get(OPTION.name) ?? "",
      description: texts.get(OPTION.description) ?? "",
      nsPerTick,
    });
  }

  #damage(why: string): CaptureError {
    const read = this.#packets === 1 ? "1 packet was" : `${this.#packets} packets were`;
    return new CaptureError(
      "QKD_CAPTURE_DAMAGED",
      `the capture is damaged at byte ${this.#offset}: ${why}; ${read} read before it`,
      { context: { offset: this.#offset, packets: this.#packets } },
    );
  }
}

/** Nanoseconds in a tick as a fraction: a negative power of ten, or of two where the top bit is set. */
function resolution(value: number): readonly [bigint, bigint] {
  const base = (value & 0x80) === 0 ? 10n : 2n;
  return [1_000_000_000n, base ** BigInt(value & 0x7f)];
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
