import { connect } from "node:net";
import { crc32 } from "node:zlib";
import {
  COMMANDS,
  type CommandName,
  EVENTS,
  type EventName,
  type EventOf,
  encodeFrame,
  errorReply,
  eventNameOf,
  type Frame,
  FrameScanner,
  type ReplyOf,
  type RequestOf,
} from "../../protocol/index.ts";

/** A byte line to a device, as tests make it from a socket or a serial port. */
export interface TestLine {
  write(bytes: Uint8Array): void;
  onBytes(listener: (bytes: Uint8Array) => void): void;
  close(): void;
  readonly closed: Promise<void>;
}

/** A plain client for tests: no retries, no timers, everything it received is kept. */
export class TestClient {
  readonly frames: Frame[] = [];
  garbageBytes = 0;
  readonly closed: Promise<void>;
  readonly #line: TestLine;
  readonly #scanner = new FrameScanner({ crc32 });
  #sequence = 0;
  #waiting: (() => void)[] = [];

  constructor(line: TestLine) {
    this.#line = line;
    this.closed = line.closed;
    line.onBytes((bytes) => {
      for (const event of this.#scanner.push(bytes)) {
        if (event.kind === "frame") this.frames.push(event.frame);
        else this.garbageBytes += event.bytes;
      }
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  /** Connects to `tcp://host:port`. */
  static async tcp(address: string | undefined): Promise<TestClient> {
    const { hostname, port } = new URL(address ?? "");
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => {});
    return new TestClient({
      write: (bytes) => void socket.write(bytes),
      onBytes: (listener) => void socket.on("data", listener),
      close: () => socket.destroy(),
      closed,
    });
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#line.write(bytes);
  }

  close(): void {
    this.#line.close();
  }

  /** Waits until `find` finds something among what has arrived. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Sends one request and waits for its reply, whatever it is. */
  async ask<N extends CommandName>(
    name: N,
    request: RequestOf<N>,
    options: { readonly sequence?: number; readonly repeat?: boolean } = {},
  ): Promise<Frame> {
    const sequence = options.sequence ?? this.#sequence++;
    const { opcode, request: codec } = COMMANDS[name];
    const payload = (codec.encode as (value: RequestOf<N>) => Uint8Array)(request);
    const seen = this.frames.length;
    this.raw(encodeFrame({ kind: "request", repeat: options.repeat ?? false, sequence, opcode }, payload));
    return this.until(() =>
      this.frames
        .slice(seen)
        .find(
          (frame) =>
            (frame.kind === "reply" || frame.kind === "error") &&
            frame.sequence === sequence &&
            frame.opcode === opcode,
        ),
    );
  }

  /** Sends one request and decodes its reply; an error reply throws its code. */
  async call<N extends CommandName>(name: N, request: RequestOf<N>): Promise<ReplyOf<N>> {
    const frame = await this.ask(name, request);
    if (frame.kind === "error") throw new Error(errorReply.decode(frame.payload).code);
    return COMMANDS[name].reply.decode(frame.payload) as ReplyOf<N>;
  }

  /** Every event of a kind so far. */
  events<N extends EventName>(name: N): EventOf<N>[] {
    return this.frames
      .filter((frame) => frame.kind === "event" && eventNameOf(frame.opcode) === name)
      .map((frame) => EVENTS[name].event.decode(frame.payload) as EventOf<N>);
  }

  /** Waits for the event number `count` of a kind, counted from one. */
  async event<N extends EventName>(name: N, count = 1): Promise<EventOf<N>> {
    return this.until(() => this.events(name)[count - 1]);
  }
}
