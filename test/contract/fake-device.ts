import type { Transport } from "../../drivers/index.ts";
import {
  COMMANDS,
  type CommandName,
  commandNameOf,
  type DeviceErrorCode,
  EVENTS,
  type EventName,
  type EventOf,
  encodeFrame,
  errorReply,
  type Frame,
  FrameScanner,
  type MessageCodec,
  type ReplyOf,
  type RequestOf,
  SecretBytes,
} from "../../protocol/index.ts";

/** What a fake device does with a request: answer, refuse, or stay silent. */
export type Answer<N extends CommandName> = ReplyOf<N> | { readonly refuse: DeviceErrorCode } | "silence";
type Handlers = { [N in CommandName]?: (request: RequestOf<N>) => Answer<N> };

/** A request as the device saw it. */
export interface SeenRequest {
  readonly name: CommandName;
  readonly sequence: number;
  readonly repeat: boolean;
  readonly request: unknown;
}

export const IDENTITY: ReplyOf<"identify"> = {
  protocolVersion: 1,
  role: "qrx",
  vendor: "Test works",
  model: "QRX-1",
  serial: "0001",
  firmware: "1.0",
  hardwareRevision: "A",
  clockHz: 1e9,
  linkId: new Uint8Array(16).fill(7),
  capabilities: ["keyExchange"],
  limits: { maxPayloadBytes: 1 << 20, maxDetectionsPerFrame: 100_000, maxCreditFrames: 8 },
};

export const STATUS: ReplyOf<"getStatus"> = {
  state: "idle",
  uptimeMs: 1_000n,
  sessionNumber: 0,
  qberPpm: null,
  visibility: null,
  countRate0Hz: 2_000,
  countRate1Hz: 2_000,
  laserTemperatureC: null,
  detectorTemperatureC: -40,
  internalTemperatureC: 25,
  framesProduced: 0,
  framesSent: 0,
  framesDropped: 0,
  detectionsDropped: 0,
  frameErrors: 0,
  requestErrors: 0,
  activeAlarms: 0,
};

/** Speaks the device's side over one transport, by script. Not an emulator: it has no state but what a test gives it. */
export class FakeDevice {
  readonly seen: SeenRequest[] = [];
  readonly handlers: Handlers = {
    ping: ({ token }) => ({ token }),
    identify: () => IDENTITY,
    getStatus: () => STATUS,
    listAlarms: () => ({ alarms: [] }),
  };
  readonly transport: Transport;
  #events = 0;

  constructor(transport: Transport) {
    this.transport = transport;
    const scanner = new FrameScanner();
    transport.bytes$.subscribe({
      next: (chunk) => {
        for (const event of scanner.push(chunk)) if (event.kind === "frame") this.#answer(event.frame);
      },
      error: () => {},
    });
  }

  /** Names of the commands seen, in order. */
  names(): string[] {
    return this.seen.map(({ name }) => name);
  }

  on<N extends CommandName>(name: N, handler: (request: RequestOf<N>) => Answer<N>): void {
    Object.assign(this.handlers, { [name]: handler });
  }

  /** Sends a reply to a sequence of the test's choice. */
  reply<N extends CommandName>(name: N, sequence: number, reply: ReplyOf<N>): void {
    const codec = COMMANDS[name].reply as MessageCodec<unknown>;
    this.#send(
      { kind: "reply", repeat: false, sequence, opcode: COMMANDS[name].opcode },
      codec.encode(reply),
    );
  }

  event<N extends EventName>(name: N, message: EventOf<N>): void {
    this.raw(this.eventBytes(name, message));
  }

  /** The frame of an event, for tests that cut or damage it. */
  eventBytes<N extends EventName>(name: N, message: EventOf<N>): Uint8Array {
    const codec = EVENTS[name].event as MessageCodec<unknown>;
    const head = {
      kind: "event",
      repeat: false,
      sequence: this.#events++ % 65_536,
      opcode: EVENTS[name].opcode,
    } as const;
    return encodeFrame(head, codec.encode(message));
  }

  /** An event with an opcode of the test's choice. */
  strangeEvent(opcode: number, payload: Uint8Array): void {
    this.#send({ kind: "event", repeat: false, sequence: this.#events++, opcode }, payload);
  }

  raw(bytes: Uint8Array): void {
    this.transport.write(bytes).catch(() => {});
  }

  #answer(frame: Frame): void {
    const name = commandNameOf(frame.opcode);
    if (name === undefined) throw new Error(`the driver sent an unknown opcode ${frame.opcode}`);
    const request = COMMANDS[name].request.decode(frame.payload);
    this.seen.push({ name, sequence: frame.sequence, repeat: frame.repeat, request });
    const handler = this.handlers[name] as ((request: unknown) => Answer<CommandName>) | undefined;
    const answer = handler === undefined ? { refuse: "unknownOpcode" as const } : handler(request);
    if (answer === "silence") return;
    const head = { repeat: false, sequence: frame.sequence, opcode: frame.opcode };
    if ("refuse" in answer)
      this.#send({ kind: "error", ...head }, errorReply.encode({ code: answer.refuse, text: "as scripted" }));
    else
      this.#send({ kind: "reply", ...head }, (COMMANDS[name].reply as MessageCodec<unknown>).encode(answer));
  }

  #send(head: Parameters<typeof encodeFrame>[0], payload: Uint8Array): void {
    this.raw(encodeFrame(head, payload));
  }
}

/** A receiver's frame of 12 detections; the planes hold `fill`. */
export function rawKeyMessage(frameId: number, sessionNumber = 1, fill = 0x0b): EventOf<"rawKeyQrx"> {
  return {
    sessionNumber,
    frameId,
    firstGate: BigInt(frameId) * 1_000n,
    gateCount: 1_000n,
    detections: 12,
    droppedFrames: 0,
    gateDigest: new Uint8Array(32).fill(frameId),
    clicksDetector0: 6,
    clicksDetector1: 6,
    doubleClicks: 0,
    deadGates: 0,
    photocurrentNa: 1,
    planes: new SecretBytes(Uint8Array.of(fill, fill & 0x0f, fill, fill & 0x0f)),
  };
}

/** Lets everything that is due in this turn of the event loop, and the next few, happen. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
