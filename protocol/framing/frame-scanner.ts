import { checkArgument, checkOptions, maybe, type RulesOf, rule } from "../../options/index.ts";
import { type Crc32, crc32 } from "./crc32.ts";
import { FRAMING_RULES, type FramingOptions } from "./encode-frame.ts";
import { Frame } from "./frame.ts";
import {
  type FrameHeader,
  HEADER_BYTES,
  type HeaderFault,
  MAX_PAYLOAD_BYTES,
  readHeader,
  SYNC,
  TRAILER_BYTES,
} from "./header.ts";

/**
 * Why bytes were passed over: no sync word (`noise`), a faulty header (its checksum, version, flags or length), a
 * payload whose checksum is wrong, or a frame that was abandoned before it was complete.
 */
export type GarbageReason = "noise" | HeaderFault | "payload" | "incomplete";

/** What the scanner makes of its input: a frame, or bytes that belong to none. Damage is data, not an error. */
export type FrameEvent =
  | { readonly kind: "frame"; readonly frame: Frame }
  | { readonly kind: "garbage"; readonly bytes: number; readonly reason: GarbageReason };

/** Limits and replaceable parts of a scanner. */
export interface FrameScannerOptions extends FramingOptions {
  /** Longest payload accepted; at most the protocol's own limit. */
  readonly maxPayloadBytes?: number;
}

const RULES: RulesOf<FrameScannerOptions> = {
  ...FRAMING_RULES,
  maxPayloadBytes: maybe(rule.number(0, Number.POSITIVE_INFINITY)),
};

/** A frame whose header was accepted and whose rest is still coming. */
interface Open {
  readonly header: FrameHeader;
  readonly headerBytes: Uint8Array;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly trailer: Uint8Array;
  /** Bytes of payload and trailer received so far. */
  received: number;
}

/**
 * So many frames may fail inside each other before all their bytes are given up together. Without a limit, a stream
 * of nested headers would have every byte checked once for each of thousands of headers before it.
 */
const MAX_NESTED_FAILURES = 8;

/**
 * Cuts a byte stream into frames. Every byte is accounted for: frames + garbage + `pendingBytes` = bytes pushed.
 * After a failed start the search goes on one byte further, inside the bytes of the failed frame as well (SPEC 3.4).
 * Payloads are gathered straight into buffers of their own, so a chunk is copied once and may be reused after `push`.
 * Memory is bounded by one frame and the chunk; time is linear in the input, whatever it holds.
 */
export class FrameScanner {
  readonly #crc32: Crc32;
  readonly #maxPayloadBytes: number;
  /** Bytes that may be the start of a header, when a chunk ended among them. */
  readonly #start = new Uint8Array(HEADER_BYTES);
  #startBytes = 0;
  #open: Open | undefined;
  /** Bytes still to be scanned, the next piece last; empty between calls. */
  readonly #input: Uint8Array[] = [];
  #events: FrameEvent[] = [];
  /** Bytes of all events so far. */
  #accounted = 0;
  #skip = 0;
  #failures = 0;
  #failuresEnd = 0;

  constructor(options: FrameScannerOptions = {}) {
    checkOptions("the options of a FrameScanner", options, RULES);
    this.#crc32 = options.crc32 ?? crc32;
    this.#maxPayloadBytes = Math.min(options.maxPayloadBytes ?? MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES);
  }

  /** Bytes held back because the frame they may belong to is not complete. */
  get pendingBytes(): number {
    return this.#startBytes + (this.#open === undefined ? 0 : HEADER_BYTES + this.#open.received);
  }

  /** Scans the next bytes of the stream and tells what became complete. */
  push(chunk: Uint8Array): FrameEvent[] {
    checkArgument("chunk", chunk, rule.bytes);
    if (chunk.length > 0) this.#input.push(chunk);
    return this.#run();
  }

  /**
   * Gives up the incomplete frame, if any, and scans its bytes again from the second one. For a receiver whose frame
   * stopped arriving, and once or more at the end of a stream, until nothing is pending.
   */
  abandon(): FrameEvent[] {
    if (this.#open !== undefined) {
      const { headerBytes, payload, trailer, received } = this.#open;
      this.#open = undefined;
      this.#pushBack(
        headerBytes.subarray(1),
        payload.subarray(0, Math.min(received, payload.length)),
        trailer.subarray(0, Math.max(0, received - payload.length)),
      );
      this.#garbage(1, "incomplete");
    } else if (this.#startBytes > 0) {
      this.#pushBack(this.#start.slice(1, this.#startBytes));
      this.#startBytes = 0;
      this.#garbage(1, "incomplete");
    }
    return this.#run();
  }

  #run(): FrameEvent[] {
    for (let piece = this.#input.pop(); piece !== undefined; piece = this.#input.pop()) this.#scan(piece);
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Works through one piece, or leaves its rest on `#input` where bytes before the rest must be scanned again. */
  #scan(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#skip > 0) at = this.#skipBytes(piece, at);
      else if (this.#open !== undefined) at = this.#fill(this.#open, piece, at);
      else if (this.#startBytes > 0) at = this.#seekAcross(piece, at);
      else at = this.#seek(piece, at, piece.length);
    }
  }

  #skipBytes(piece: Uint8Array, at: number): number {
    const count = Math.min(this.#skip, piece.length - at);
    this.#skip -= count;
    this.#garbage(count, "payload");
    return at + count;
  }

  /**
   * Looks for a header that starts in `bytes[from, end)`. Returns how far the bytes are dealt with: to the end of an
   * accepted header, to `end`, or to the last byte where a header may be incomplete and is held back.
   */
  #seek(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; ) {
      const start = Math.min(indexOfSync(bytes, at), end);
      if (start > at) this.#garbage(start - at, "noise");
      if (start === end) break;
      if (start + HEADER_BYTES > bytes.length) {
        this.#start.set(bytes.subarray(start));
        this.#startBytes = bytes.length - start;
        return bytes.length;
      }
      const header = readHeader(bytes, start, this.#maxPayloadBytes);
      if (typeof header !== "string") {
        this.#openFrame(header, bytes.subarray(start, start + HEADER_BYTES));
        return start + HEADER_BYTES;
      }
      this.#garbage(1, header);
      at = start + 1;
    }
    return end;
  }

  /** Judges every header start among the bytes held back, with as many more bytes as the last of them needs. */
  #seekAcross(piece: Uint8Array, at: number): number {
    const held = this.#startBytes;
    const more = piece.subarray(at, at + HEADER_BYTES - 1);
    const joined = new Uint8Array(held + more.length);
    joined.set(this.#start.subarray(0, held));
    joined.set(more, held);
    this.#startBytes = 0;
    return at + this.#seek(joined, 0, held) - held;
  }

  #openFrame(header: FrameHeader, headerBytes: Uint8Array): void {
    this.#open = {
      header,
      headerBytes: Uint8Array.from(headerBytes),
      payload: new Uint8Array(header.payloadBytes),
      trailer: new Uint8Array(TRAILER_BYTES),
      received: 0,
    };
  }

  #fill(open: Open, piece: Uint8Array, from: number): number {
    const { payload, trailer } = open;
    let at = from;
    if (open.received < payload.length) {
      const count = Math.min(payload.length - open.received, piece.length - at);
      payload.set(piece.subarray(at, at + count), open.received);
      open.received += count;
      at += count;
    }
    if (open.received >= payload.length) {
      const got = open.received - payload.length;
      const count = Math.min(TRAILER_BYTES - got, piece.length - at);
      trailer.set(piece.subarray(at, at + count), got);
      open.received += count;
      at += count;
    }
    if (open.received < payload.length + TRAILER_BYTES) return at;
    this.#open = undefined;
    if (this.#crc32(payload) === new DataView(trailer.buffer).getUint32(0)) {
      this.#accounted += HEADER_BYTES + open.received;
      this.#events.push({ kind: "frame", frame: new Frame(open.header, payload) });
      return at;
    }
    if (at < piece.length) this.#input.push(piece.subarray(at));
    this.#failPayload(open);
    return piece.length;
  }

  #failPayload({ headerBytes, payload, trailer, received }: Open): void {
    if (this.#accounted >= this.#failuresEnd) this.#failures = 0;
    this.#failures += 1;
    this.#failuresEnd = Math.max(this.#failuresEnd, this.#accounted + HEADER_BYTES + received);
    this.#skip = this.#failures < MAX_NESTED_FAILURES ? 1 : this.#failuresEnd - this.#accounted;
    this.#pushBack(headerBytes, payload, trailer);
  }

  /** Has pieces scanned (again) before everything else, the first one first. */
  #pushBack(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces.toReversed()) if (piece.length > 0) this.#input.push(piece);
  }

  #garbage(bytes: number, reason: GarbageReason): void {
    this.#accounted += bytes;
    const last = this.#events[this.#events.length - 1];
    if (last?.kind === "garbage" && last.reason === reason)
      this.#events[this.#events.length - 1] = { kind: "garbage", bytes: last.bytes + bytes, reason };
    else this.#events.push({ kind: "garbage", bytes, reason });
  }
}

/** Where the sync word starts, or could start if the bytes went on; their end if nowhere. */
function indexOfSync(bytes: Uint8Array, from: number): number {
  const first = SYNC[0] as number;
  // The engine's search is fast over long stretches and slow to call: a look at the next byte spares most calls.
  const next = (at: number): number => (bytes[at] === first ? at : bytes.indexOf(first, at));
  for (let at = next(from); at >= 0; at = next(at + 1)) {
    let matched = 1;
    while (matched < SYNC.length && at + matched < bytes.length && bytes[at + matched] === SYNC[matched])
      matched++;
    if (matched === SYNC.length || at + matched === bytes.length) return at;
  }
  return bytes.length;
}
