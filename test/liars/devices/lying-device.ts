import type { Transport } from "../../../drivers/index.ts";
import {
  COMMANDS,
  type CommandName,
  commandNameOf,
  EVENTS,
  type EventName,
  encodeFrame,
  errorReply,
  eventNameOf,
  type Frame,
  type FrameHead,
  FrameScanner,
} from "../../../protocol/index.ts";
import { FakeDevice, IDENTITY, rawKeyMessage } from "../../contract/fake-device.ts";
import { type Deviating, type Deviation, unchanged } from "../deviation.ts";

/** Frames that an honest device sends in one tick, as far as it has credit. */
const FRAMES_A_TICK = 2;

/** The parameter that the honest device does not have. */
export const REFUSED_PARAMETER = 2;
const RUN = 1;
/** Points of the measurement that is asked for. */
const MEASURED_POINTS = 2;
const POINT = {
  x: 0,
  gates: 10,
  blindGates: 0,
  clicks: [1, 1],
  doubles: 1,
  sent: [10, 0, 0, 0, 0, 0],
  cells: [1, ...new Array<number>(47).fill(0)],
};
const TUNED = { what: "phase", outcome: "adjusted", from: 0, to: 0.1, unit: "rad", text: "" } as const;
/** Ticks that a calibration takes. */
const CALIBRATION_TICKS = 4;

/** A message of a device: a reply, an event, or a refusal. */
export interface DeviceMessage extends Deviating {
  readonly name: string;
  readonly head: Omit<FrameHead, "sequence" | "repeat">;
}

/** A deviation of the frame around a message. */
export interface FrameDeviation {
  readonly name: string;
  readonly of: Deviation["of"];
  readonly frames: (head: FrameHead, payload: Uint8Array) => readonly Uint8Array[];
}

/** Every message that a device sends; new ones come in by themselves. */
export const DEVICE_MESSAGES: readonly DeviceMessage[] = [
  ...(Object.keys(COMMANDS) as CommandName[]).map((name) =>
    deviceMessage(`reply ${name}`, { kind: "reply", opcode: COMMANDS[name].opcode }, COMMANDS[name].reply),
  ),
  ...(Object.keys(EVENTS) as EventName[]).map((name) =>
    deviceMessage(`event ${name}`, { kind: "event", opcode: EVENTS[name].opcode }, EVENTS[name].event),
  ),
  deviceMessage("refusal", { kind: "error", opcode: COMMANDS.getParameter.opcode }, errorReply),
];

function deviceMessage(
  name: string,
  head: DeviceMessage["head"],
  codec: { readonly samples: readonly unknown[] },
): DeviceMessage {
  const { encodeParts, decode, samples } = codec as unknown as {
    encodeParts(value: unknown): readonly Uint8Array[];
    decode(payload: Uint8Array): unknown;
    samples: readonly unknown[];
  };
  return { name, head, samples, limitBytes: 1 << 20, tagged: false, encode: encodeParts, decode };
}

/** What this device deviates with. */
export interface DeviceLie {
  readonly message: DeviceMessage;
  readonly deviation: Deviation | FrameDeviation;
}

/** An honest device that runs a key exchange and answers every command, and whose frames a lie changes on their way out. */
export class LyingDevice {
  /** What it lies about, null while it behaves. */
  lie: DeviceLie | null = null;
  lies = 0;
  readonly #device: FakeDevice;
  readonly #wire: Transport;
  #sessionNumber: number;
  #nextFrame = 0;
  #calibrates = 0;
  /** Points of a measurement that are still to be told. */
  #measures: number | null = null;
  #tunes = false;
  #limit = 0;
  #before: Uint8Array | null = null;
  #late: { readonly bytes: Uint8Array; messages: number } | null = null;

  constructor(wire: Transport, sessionNumber: number) {
    this.#wire = wire;
    this.#sessionNumber = sessionNumber;
    const said: Transport = {
      kind: wire.kind,
      name: wire.name,
      bytes$: wire.bytes$,
      write: async (bytes) => {
        for (const frame of this.#said(bytes)) this.#write(frame);
      },
      close: () => wire.close(),
    };
    this.#device = new FakeDevice(said);
    for (const name of Object.keys(COMMANDS) as CommandName[])
      this.#device.handlers[name] ??= (() => COMMANDS[name].reply.samples[0]) as never;
    this.#device.on("identify", () => IDENTITY);
    this.#device.on("timeSync", ({ t1Ns }) => ({ t1Ns, t2Ns: t1Ns + 10n, t3Ns: t1Ns + 20n }));
    // Refuses one parameter, so that there is a refusal to lie about.
    const [parameter] = COMMANDS.getParameter.reply.samples;
    this.#device.on("getParameter", ({ id }) =>
      id === REFUSED_PARAMETER || parameter === undefined ? { refuse: "badParameter" } : { ...parameter, id },
    );
    this.#device.on("startCalibration", () => {
      this.#calibrates = CALIBRATION_TICKS;
      return { run: RUN, steps: 1 };
    });
    this.#device.on("lease", ({ holder, seconds }) => ({ holder, seconds, yours: seconds > 0 }));
    this.#device.on("startMeasurement", ({ points }) => {
      this.#measures = points;
      return { run: RUN };
    });
    this.#device.on("stopMeasurement", (request) => request);
    this.#device.on("tune", () => {
      this.#tunes = true;
      return { run: RUN };
    });
    this.#device.on("startKeyExchange", ({ detectionsPerFrame, creditFrames }) => {
      this.#sessionNumber += 1;
      this.#nextFrame = 100 * this.#sessionNumber;
      this.#limit = this.#nextFrame + creditFrames;
      return { sessionNumber: this.#sessionNumber, firstFrameId: this.#nextFrame, detectionsPerFrame };
    });
    this.#device.on("stopKeyExchange", (request) => {
      this.#limit = 0;
      return request;
    });
    this.#device.on("credit", ({ creditLimit, sessionNumber }) => {
      if (sessionNumber !== this.#sessionNumber) return { refuse: "wrongState" };
      this.#limit = Math.max(this.#limit, creditLimit);
      const nextFrameId = this.#nextFrame;
      return { sessionNumber: this.#sessionNumber, creditLimit, nextFrameId, droppedFrames: 0 };
    });
  }

  /** Says of its own accord what a device says, as far as its credit goes. */
  tick(): void {
    for (let sent = 0; sent < FRAMES_A_TICK && this.#nextFrame < this.#limit; sent++) {
      this.#device.event("rawKeyQrx", rawKeyMessage(this.#nextFrame, this.#sessionNumber));
      this.#nextFrame += 1;
    }
    for (const name of ["status", "alarm"] as const)
      this.#device.event(name, EVENTS[name].event.samples[0] as never);
    this.#measure();
    if (this.#tunes) this.#device.event("tuned", { ...TUNED, run: RUN });
    this.#tunes = false;
    if (this.#calibrates === 0) return;
    this.#calibrates -= 1;
    const told = { run: RUN, step: "all", text: "" } as const;
    if (this.#calibrates > 0) this.#device.event("calibrationProgress", { ...told, percent: 50 });
    else this.#device.event("calibrationResult", { ...told, outcome: "passed", value: 0, unit: "" });
  }

  #measure(): void {
    if (this.#measures === null) return;
    if (this.#measures === 0) {
      this.#measures = null;
      this.#device.event("measurementEnded", { run: RUN, outcome: "completed", text: "" });
      return;
    }
    this.#device.event("measurementPoint", { ...POINT, run: RUN, index: MEASURED_POINTS - this.#measures });
    this.#measures -= 1;
  }

  /** Begins to lie; what is said uninvited leaves now. */
  begin(lie: DeviceLie): void {
    this.lie = lie;
    const { message, deviation } = lie;
    if (!("uninvited" in deviation) || deviation.uninvited === undefined) return;
    this.lies += 1;
    const head = { ...message.head, repeat: false, sequence: 4711 };
    for (const payload of deviation.uninvited()) this.#write(encodeFrame(head, payload));
  }

  #write(bytes: Uint8Array): void {
    this.#wire.write(bytes).catch(() => {});
  }

  #said(bytes: Uint8Array): readonly Uint8Array[] {
    const late = this.#late;
    if (late === null || --late.messages > 0) return this.#told(bytes);
    this.#late = null;
    return [...this.#told(bytes), late.bytes];
  }

  #told(bytes: Uint8Array): readonly Uint8Array[] {
    const [event] = new FrameScanner().push(bytes);
    if (this.lie === null || event?.kind !== "frame" || nameOf(event.frame) !== this.lie.message.name)
      return [bytes];
    const { frame } = event;
    const { deviation } = this.lie;
    const again = "always" in deviation && deviation.always === true;
    if (this.lies > 0 && !again) return [bytes];
    const head = { kind: frame.kind, repeat: false, sequence: frame.sequence, opcode: frame.opcode };
    if ("frames" in deviation) {
      this.lies += 1;
      return deviation.frames(head, frame.payload);
    }
    const told = deviation.told?.(frame.payload, { before: this.#before }) ?? null;
    this.#before = frame.payload;
    if (told === null || unchanged(told, frame.payload)) return [bytes];
    this.lies += 1;
    if (told.late !== undefined)
      this.#late = { bytes: encodeFrame(head, told.late.body), messages: told.late.messages };
    return told.now.map((payload) => encodeFrame(head, payload));
  }
}

function nameOf({ kind, opcode }: Frame): string {
  if (kind === "error") return "refusal";
  return `${kind} ${kind === "event" ? eventNameOf(opcode) : commandNameOf(opcode)}`;
}
