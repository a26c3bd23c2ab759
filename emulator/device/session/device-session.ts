import { crc32 } from "node:zlib";
import { QkdError } from "../../../errors/index.ts";
import {
  COMMANDS,
  type CommandName,
  commandNameOf,
  type DeviceErrorCode,
  EVENTS,
  type EventName,
  type EventOf,
  encodeFrameParts,
  errorReply,
  type Frame,
  FrameScanner,
  type GarbageReason,
  type ReplyOf,
  type RequestOf,
} from "../../../protocol/index.ts";
import type { ConnectionHandler, PortConnection } from "../../ports/port.ts";
import { Refusal } from "../refusal.ts";
import { ReplyCache } from "./reply-cache.ts";

/** Requests are small; a header that claims more is damage. */
const MAX_REQUEST_BYTES = 4096;
/** A half-received frame is given up after this silence, so that the next one is not swallowed. */
const HALF_FRAME_MS = 1000;
/** A client that does not read gets no more events beyond this backlog, and is hung up on beyond the second. */
const EVENT_BACKLOG = 1 << 20;
const HANG_UP_BACKLOG = 4 << 20;
/** Raw-key frames wait in the device while this much is still under way to the client. */
const FRAME_BACKLOG = { serial: 16_384, tcp: 1 << 19, tls: 1 << 19 } as const;

/** What a session asks of its device. */
export interface SessionHost {
  /** Carries out one request. Throws Refusal. */
  command<N extends CommandName>(session: DeviceSession, name: N, request: RequestOf<N>): ReplyOf<N>;
  /** The connection takes bytes again. */
  drained(session: DeviceSession): void;
  ended(session: DeviceSession): void;
  /** Damage or refusals, for the counters. */
  counted(what: "frameErrors" | "requestErrors"): void;
  /** The client speaks another version of the protocol; told once for each connection. */
  otherVersion(session: DeviceSession): void;
}

/** The wire side of one connection: frames in, replies from cache or device, events out (SPEC 4). */
export class DeviceSession implements ConnectionHandler {
  readonly name: string;
  readonly #connection: PortConnection;
  readonly #host: SessionHost;
  readonly #scanner = new FrameScanner({ crc32, maxPayloadBytes: MAX_REQUEST_BYTES });
  readonly #cache = new ReplyCache();
  #eventSequence = 0;
  /** Frames whose turn has not come, and whether one is being written. */
  readonly #toWrite: {
    readonly pieces: readonly Uint8Array[];
    readonly finished?: (() => void) | undefined;
  }[] = [];
  #writing = false;
  #hangUp = false;
  /** Said once: a log of such frames would push everything else out of it. */
  #saidVersion = false;
  #lastHeard = performance.now();

  constructor(connection: PortConnection, host: SessionHost) {
    this.name = connection.name;
    this.#connection = connection;
    this.#host = host;
  }

  /** Milliseconds since the client last sent anything. */
  get silentMs(): number {
    return performance.now() - this.#lastHeard;
  }

  /** Whether a raw-key frame may be written now. */
  get takesFrames(): boolean {
    return this.#connection.pendingBytes < FRAME_BACKLOG[this.#connection.kind];
  }

  bytes(chunk: Uint8Array): void {
    this.#lastHeard = performance.now();
    this.#take(this.#scanner.push(chunk));
  }

  drained(): void {
    this.#host.drained(this);
  }

  closed(): void {
    this.#host.ended(this);
  }

  /** Ends the connection after what was written is out; a serial line stays and starts afresh. */
  hangUp(): void {
    if (this.#connection.hangUpVisible) this.#connection.close();
  }

  /** Has the connection ended as soon as the running request is answered. */
  hangUpAfterReply(): void {
    this.#hangUp = true;
  }

  /** Regular housekeeping: gives up frames that stopped arriving. */
  tick(): void {
    if (this.#scanner.pendingBytes === 0 || this.silentMs < HALF_FRAME_MS) return;
    while (this.#scanner.pendingBytes > 0) this.#take(this.#scanner.abandon());
  }

  /**
   * Sends an event, unless the client has stopped reading; its sequence number then shows the gap. `finished` is called
   * once nothing of the event is needed any more.
   */
  event<N extends EventName>(name: N, event: EventOf<N>, finished?: () => void): void {
    const { opcode, event: codec } = EVENTS[name];
    const sequence = this.#eventSequence;
    this.#eventSequence = (sequence + 1) & 0xffff;
    if (this.#connection.pendingBytes > EVENT_BACKLOG) {
      finished?.();
      return;
    }
    const head = { kind: "event", repeat: false, sequence, opcode } as const;
    const parts = (codec.encodeParts as (value: EventOf<N>) => readonly Uint8Array[])(event);
    this.#writeWhole(encodeFrameParts(head, parts, { crc32 }), finished);
  }

  /**
   * Writes a frame without another one in between: a port may hand over what it received while it writes, and the answer to
   * that waits here for its turn. `finished` is called with the last piece, for pieces are finished with in their order.
   */
  #writeWhole(pieces: readonly Uint8Array[], finished?: () => void): void {
    this.#toWrite.push({ pieces, finished });
    if (this.#writing) return;
    this.#writing = true;
    try {
      for (let next = this.#toWrite.shift(); next !== undefined; next = this.#toWrite.shift()) {
        const last = next.pieces.length - 1;
        for (const [index, piece] of next.pieces.entries())
          this.#connection.write(piece, index === last ? next.finished : undefined);
      }
    } finally {
      this.#writing = false;
    }
  }

  #take(events: ReturnType<FrameScanner["push"]>): void {
    for (const event of events) {
      if (event.kind === "garbage") this.#passedOver(event.reason);
      else if (event.frame.kind !== "request") this.#host.counted("frameErrors");
      else this.#answer(event.frame);
    }
  }

  #passedOver(reason: GarbageReason): void {
    this.#host.counted("frameErrors");
    if (reason !== "version" || this.#saidVersion) return;
    this.#saidVersion = true;
    this.#host.otherVersion(this);
  }

  #answer(frame: Frame): void {
    const cached = frame.repeat ? this.#cache.find(frame.sequence, frame.opcode) : undefined;
    const reply = cached ?? this.#reply(frame);
    if (cached === undefined) this.#cache.store(frame.sequence, frame.opcode, reply);
    this.#writeWhole([reply]);
    if (this.#connection.pendingBytes > HANG_UP_BACKLOG) this.hangUp();
    if (this.#hangUp) {
      this.#hangUp = false;
      this.hangUp();
    }
  }

  #reply(frame: Frame): Uint8Array {
    const { sequence, opcode } = frame;
    const join = (kind: "reply" | "error", payload: Uint8Array): Uint8Array =>
      Buffer.concat(encodeFrameParts({ kind, repeat: false, sequence, opcode }, [payload], { crc32 }));
    try {
      const name = commandNameOf(opcode);
      if (name === undefined) throw new Refusal("unknownOpcode", `no command ${opcode}`);
      return join("reply", this.#carryOut(name, frame.payload));
    } catch (error) {
      this.#host.counted("requestErrors");
      const { code, text } = asRefusal(error);
      return join("error", errorReply.encode({ code, text: text.slice(0, 200) }));
    }
  }

  #carryOut<N extends CommandName>(name: N, payload: Uint8Array): Uint8Array {
    const { request, reply } = COMMANDS[name];
    const asked = request.decode(payload) as RequestOf<N>;
    const answer = this.#host.command(this, name, asked);
    return (reply.encode as (value: ReplyOf<N>) => Uint8Array)(answer);
  }
}

function asRefusal(error: unknown): { readonly code: DeviceErrorCode; readonly text: string } {
  if (error instanceof Refusal) return { code: error.code, text: error.message };
  if (error instanceof QkdError && error.code.startsWith("QKD_CODEC_"))
    return { code: "badPayload", text: error.message };
  return { code: "internal", text: error instanceof Error ? error.message : "the device failed" };
}
