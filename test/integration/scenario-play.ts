import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { crc32 } from "node:zlib";
import { parse } from "yaml";
import {
  type EmulatedLink,
  type EmulatedLinkOptions,
  type LinkSpeed,
  type Scenario,
  startEmulatedLink,
} from "../../emulator/index.ts";
import {
  alarmNameOf,
  COMMANDS,
  EVENTS,
  type EventOf,
  encodeFrame,
  FrameScanner,
  planeBytes,
} from "../../protocol/index.ts";

const TCP_ONLY = { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] };
const CREDIT = 16;

/** What both halves of one frame tell. Arrays: index = basis * 3 + intensity. */
export interface PlayedFrame {
  readonly fromS: number;
  readonly toS: number;
  readonly firstGate: bigint;
  readonly gates: number;
  readonly detections: number;
  readonly sent: readonly number[];
  /** Detections in matching bases, and errors among them. */
  readonly matched: readonly number[];
  readonly errors: readonly number[];
  readonly doubleClicks: number;
  readonly photocurrentNa: number;
}

/** A scenario played up to some second of its timeline, with everything the frames told. */
export interface Played {
  readonly frames: readonly PlayedFrame[];
  /** SHA-256 over all raw-key payloads of a unit, in order. */
  readonly digests: { readonly alice: string; readonly bob: string };
  readonly link: EmulatedLink;
  /** Alarms as the units told their clients, in order. */
  readonly alarms: readonly PlayedAlarm[];
}

/** An alarm of a unit. */
export interface PlayedAlarm {
  readonly site: "alice" | "bob";
  readonly name: string;
  readonly transition: string;
  /** Where the timeline was, to about a frame. */
  readonly atS: number;
}

/** How to play. */
export interface PlayOptions {
  readonly scenario: Scenario | string;
  readonly untilS: number;
  readonly seed?: number;
  readonly speed?: LinkSpeed;
  readonly detectionsPerFrame?: number;
  readonly listen?: EmulatedLinkOptions["listen"];
  readonly drift?: EmulatedLinkOptions["drift"];
  /** Looks at the running link at every frame. */
  readonly watch?: (link: EmulatedLink, atS: number) => void;
}

/** A ready-made scenario with slower gates and longer frames than its file says, so that it passes quickly. */
export function readyMade(name: string, change: Partial<Scenario>): Scenario {
  const file = new URL(`../../emulator/scenarios/${name}.yaml`, import.meta.url);
  return { ...(parse(readFileSync(file, "utf8")) as Scenario), ...change };
}

/** Plays a scenario with a client at each unit that takes every frame, then stops the link. */
export async function play(options: PlayOptions): Promise<Played> {
  const { scenario, untilS, seed, watch, detectionsPerFrame = 1 << 16 } = options;
  const link = await startEmulatedLink({
    scenario,
    speed: options.speed ?? "max",
    soloAfterMs: Number.POSITIVE_INFINITY,
    listen: options.listen ?? TCP_ONLY,
    // What pages promise is the closed form's to the digit: nothing moves but by the timeline.
    drift: options.drift ?? "none",
    ...(seed === undefined ? {} : { seed }),
  });
  const halves: { alice: EventOf<"rawKeyQtx">[]; bob: EventOf<"rawKeyQrx">[] } = { alice: [], bob: [] };
  const frames: PlayedFrame[] = [];
  const alarms: PlayedAlarm[] = [];
  const alarmed = (site: "alice" | "bob") => (payload: Uint8Array) => {
    const { code, transition } = EVENTS.alarm.event.decode(payload);
    const atS = link.stats().scenarioSeconds;
    alarms.push({ site, name: alarmNameOf(code) ?? String(code), transition, atS });
  };
  const hashes = { alice: createHash("sha256"), bob: createHash("sha256") };
  const sockets: Socket[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const join = (): void => {
        while (halves.alice.length > 0 && halves.bob.length > 0) {
          const frame = played(halves.alice.shift()!, halves.bob.shift()!, link.link.clockHz);
          if (frame.fromS >= untilS) {
            resolve();
            return;
          }
          frames.push(frame);
          watch?.(link, frame.toS);
        }
      };
      sockets.push(
        reader(
          link.addresses.alice.tcp,
          detectionsPerFrame,
          reject,
          (payload) => {
            const half = EVENTS.rawKeyQtx.event.decode(payload);
            if (Number(half.firstGate) / link.link.clockHz < untilS) hashes.alice.update(payload);
            halves.alice.push(half);
            join();
          },
          alarmed("alice"),
        ),
        reader(
          link.addresses.bob.tcp,
          detectionsPerFrame,
          reject,
          (payload) => {
            const half = EVENTS.rawKeyQrx.event.decode(payload);
            if (Number(half.firstGate) / link.link.clockHz < untilS) hashes.bob.update(payload);
            halves.bob.push(half);
            join();
          },
          alarmed("bob"),
        ),
      );
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    await link.stop();
  }
  return {
    frames,
    digests: { alice: hashes.alice.digest("hex"), bob: hashes.bob.digest("hex") },
    alarms,
    link,
  };
}

/** Starts a key exchange and grants credit for every frame that comes. */
function reader(
  address: string | undefined,
  detectionsPerFrame: number,
  failed: (error: Error) => void,
  take: (payload: Uint8Array) => void,
  alarm: (payload: Uint8Array) => void,
): Socket {
  const { hostname, port } = new URL(address ?? "");
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const scanner = new FrameScanner({ crc32 });
  let sequence = 0;
  let taken = 0;
  const send = (opcode: number, payload: Uint8Array): void => {
    sequence = (sequence + 1) & 0xffff;
    socket.write(encodeFrame({ kind: "request", repeat: false, sequence, opcode }, payload));
  };
  const { startKeyExchange, credit } = COMMANDS;
  send(
    startKeyExchange.opcode,
    startKeyExchange.request.encode({ detectionsPerFrame, creditFrames: CREDIT }),
  );
  socket.on("error", failed);
  socket.on("data", (chunk: Uint8Array) => {
    for (const event of scanner.push(chunk)) {
      if (event.kind !== "frame" || event.frame.kind !== "event") continue;
      const { opcode, payload } = event.frame;
      if (opcode === EVENTS.alarm.opcode) alarm(payload);
      if (opcode !== EVENTS.rawKeyQtx.opcode && opcode !== EVENTS.rawKeyQrx.opcode) continue;
      taken += 1;
      take(payload);
      send(
        credit.opcode,
        credit.request.encode({ sessionNumber: 1, acknowledgedThrough: taken, creditLimit: taken + CREDIT }),
      );
    }
  });
  return socket;
}

function played(alice: EventOf<"rawKeyQtx">, bob: EventOf<"rawKeyQrx">, clockHz: number): PlayedFrame {
  if (alice.frameId !== bob.frameId || Buffer.compare(alice.gateDigest, bob.gateDigest) !== 0)
    throw new Error("the halves do not belong together");
  const [matched, errors] = [new Array<number>(6).fill(0), new Array<number>(6).fill(0)];
  const each = planeBytes(alice.detections);
  const [a, b] = [alice.planes.reveal(), bob.planes.reveal()];
  const bit = (planes: Uint8Array, plane: number, i: number): number =>
    (planes[plane * each + (i >> 3)]! >> (i & 7)) & 1;
  for (let i = 0; i < alice.detections; i++) {
    const basis = bit(a, 0, i);
    if (basis !== bit(b, 0, i)) continue;
    const cell = basis * 3 + bit(a, 2, i) + 2 * bit(a, 3, i);
    matched[cell]! += 1;
    errors[cell]! += bit(a, 1, i) ^ bit(b, 1, i);
  }
  return {
    fromS: Number(alice.firstGate) / clockHz,
    toS: Number(alice.firstGate + alice.gateCount) / clockHz,
    firstGate: alice.firstGate,
    gates: Number(alice.gateCount),
    detections: alice.detections,
    sent: alice.sent.map(Number),
    matched,
    errors,
    doubleClicks: Number(bob.doubleClicks),
    photocurrentNa: bob.photocurrentNa,
  };
}

/** Sums over the frames that lie within a stretch of the timeline. */
export function within(frames: readonly PlayedFrame[], fromS: number, toS: number) {
  const inside = frames.filter((frame) => frame.fromS >= fromS - 1e-9 && frame.toS <= toS + 1e-9);
  const total = (of: (frame: PlayedFrame) => number): number =>
    inside.reduce((sum, frame) => sum + of(frame), 0);
  const cells = (of: (frame: PlayedFrame) => readonly number[]): number[] =>
    [0, 1, 2, 3, 4, 5].map((cell) => total((frame) => of(frame)[cell] ?? 0));
  const [sent, matched, errors] = [cells((f) => f.sent), cells((f) => f.matched), cells((f) => f.errors)];
  const at = (values: readonly number[], cell: number): number => values[cell] ?? 0;
  const gates = total(({ gates }) => gates);
  const ratio = (basis: 0 | 1): number => {
    const three = [0, 1, 2].map((intensity) => basis * 3 + intensity);
    return (
      three.reduce((sum, cell) => sum + at(errors, cell), 0) /
      three.reduce((sum, cell) => sum + at(matched, cell), 0)
    );
  };
  return {
    gates,
    sent,
    matched,
    errors,
    detections: total(({ detections }) => detections),
    /** Detections a gate. */
    gain: total(({ detections }) => detections) / gates,
    /** Detections of an intensity in matching bases per pulse sent with it. */
    gainOf: (intensity: 0 | 1 | 2): number =>
      (at(matched, intensity) + at(matched, 3 + intensity)) / (at(sent, intensity) + at(sent, 3 + intensity)),
    qberZ: ratio(0),
    qberX: ratio(1),
    doubleClicks: total(({ doubleClicks }) => doubleClicks),
    photocurrentNa: Math.max(0, ...inside.map(({ photocurrentNa }) => photocurrentNa)),
  };
}
