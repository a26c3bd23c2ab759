import { describe, expect, it } from "vitest";
import { type CapturePacket, CaptureReader, Recorder } from "../../capture/index.ts";
import {
  COMMANDS,
  type CommandName,
  EVENTS,
  encodeFrame,
  encodeInputRegisters,
  FrameScanner,
  INPUT_REGISTER_COUNT,
  modbusCrc16,
  PARAMETERS,
  type RegisterValues,
  SecretBytes,
} from "../../protocol/index.ts";
import { RecordedLink } from "./recorded-link.ts";

const S = 1_000_000_000n;
const LINK_ID = "ab".repeat(16);

/** A recording in memory, as the recorder writes it. */
class Tape {
  atNs = 1_000n * S;
  readonly #blocks: Uint8Array[] = [];
  readonly #recorder = new Recorder({
    sink: {
      packet: (block) => {
        this.#blocks.push(block);
        return true;
      },
      preamble: (block) => void this.#blocks.push(block),
      failed: (cause) => expect.fail(String(cause)),
    },
    now: () => this.atNs,
    application: "test",
  });
  readonly unit = (name: string) => this.#recorder.unit(name, "tcp://x");

  *packets(): Generator<CapturePacket> {
    const reader = new CaptureReader();
    for (const block of this.#blocks) yield* reader.push(block);
  }
}
type Tap = ReturnType<Tape["unit"]>;

function said(tap: Tap, kind: "reply" | "event", opcode: number, payload: Uint8Array): void {
  const bytes = encodeFrame({ kind, repeat: false, sequence: 1, opcode }, payload);
  for (const event of new FrameScanner().push(bytes)) tap.session("fromDevice", event);
}

function identify(tap: Tap, role: "qtx" | "qrx", linkId = LINK_ID): void {
  const reply = COMMANDS.identify.reply.encode({
    protocolVersion: 1,
    role,
    vendor: "v",
    model: "m",
    serial: "s",
    firmware: "f",
    hardwareRevision: "h",
    clockHz: 1e9,
    linkId: Uint8Array.from(Buffer.from(linkId, "hex")),
    capabilities: [],
    limits: { maxPayloadBytes: 1 << 20, maxDetectionsPerFrame: 1 << 16, maxCreditFrames: 16 },
  });
  said(tap, "reply", COMMANDS.identify.opcode, reply);
}

const head = (frameId: number, more: object = {}) => ({
  sessionNumber: 1,
  frameId,
  firstGate: 0n,
  gateCount: 1_000_000n,
  detections: 8,
  droppedFrames: 0,
  gateDigest: new Uint8Array(32).fill(7),
  ...more,
});
function bobsFrame(tap: Tap, frameId: number, more: object = {}): void {
  const frame = {
    ...head(frameId, more),
    clicksDetector0: 5,
    clicksDetector1: 3,
    doubleClicks: 0,
    deadGates: 80,
    photocurrentNa: 300,
    planes: new SecretBytes(Uint8Array.of(0xa5, 0x5a)),
  };
  said(tap, "event", EVENTS.rawKeyQrx.opcode, EVENTS.rawKeyQrx.event.encode(frame));
}
function alicesFrame(tap: Tap, frameId: number, more: object = {}): void {
  const planes = new SecretBytes(Uint8Array.of(0xa5, 0x5a, 0, 0));
  const frame = { ...head(frameId, more), sent: [1, 2, 3, 4, 5, 6], planes };
  said(tap, "event", EVENTS.rawKeyQtx.opcode, EVENTS.rawKeyQtx.event.encode(frame));
}

function withCrc(...bytes: readonly number[]): Uint8Array {
  const crc = modbusCrc16(Uint8Array.from(bytes));
  return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
}
function registers(tap: Tap, values: RegisterValues): void {
  const count = 100;
  const words = encodeInputRegisters(values).subarray(0, count);
  const bytes = [...words].flatMap((word) => [word >> 8, word & 0xff]);
  tap.modbus("toDevice", withCrc(1, 4, 0, 0, 0, count), true);
  tap.modbus("fromDevice", withCrc(1, 4, 2 * count, ...bytes), true);
}

/** What a look of so many seconds makes of a tape. */
function gathered(tape: Tape, lookS = 30): RecordedLink {
  const link = new RecordedLink(BigInt(lookS) * S);
  for (const packet of tape.packets()) link.take(packet);
  return link;
}
/** Both units of a link for so many seconds, a frame and a reading in each. */
function usual(seconds = 20, more: object = {}): Tape {
  const tape = new Tape();
  const [alice, bob] = [tape.unit("alice"), tape.unit("bob")];
  identify(alice, "qtx");
  identify(bob, "qrx");
  for (let second = 0; second < seconds; second += 1) {
    alicesFrame(alice, second);
    bobsFrame(bob, second, more);
    registers(alice, { laserPowerDbm: second < seconds - 10 ? -9 : -3 });
    registers(bob, { qberZPpm: 20_000, qberXPpm: 30_000 });
    tape.atNs += S;
  }
  return tape;
}

describe("a recording", () => {
  it("shows what registers, settings and heads of frames tell of a link", () => {
    const tape = usual();
    const bob = tape.unit("bob again");
    expect(bob).toBeDefined();
    const { linkId, frames, units, look } = gathered(tape).finish([]);
    expect({ linkId, frames, units }).toEqual({
      linkId: LINK_ID,
      frames: { paired: 20, unlike: 0 },
      units: [1, 2],
    });
    const seen = look(1e9);
    expect(seen.qberZ?.value).toBeCloseTo(0.02, 9);
    expect(seen.zeroShare?.value).toBeCloseTo(5 / 8, 9);
    expect(seen.deadGatesPerClick?.value).toBeCloseTo(Math.log1p(10), 9);
    expect(seen.clickScatter).toBeDefined();
    expect(seen.vacuumZeroShare).toBeUndefined();
  });

  it("shows its end alone, however long it is, and holds no more of it", () => {
    const tape = usual();
    expect(gathered(tape, 8).finish([]).look(1e9).laserDb?.value).toBe(-3);
    expect(gathered(tape, 30).finish([]).look(1e9).laserDb?.value).not.toBe(-3);
    expect(gathered(tape, 8).finish([]).frames?.paired).toBeLessThanOrEqual(9);
    const long = gathered(usual(3000), 86_400);
    expect(long.held).toBeLessThan(2 * 1024);
    expect(gathered(usual(3000), 5).held).toBeLessThanOrEqual(2 * 6);
  });

  it("is not looked at where a clock was set back, before the look begins", () => {
    const tape = usual(40);
    tape.atNs -= 35n * S;
    bobsFrame(tape.unit("bob again"), 900);
    expect(gathered(tape, 10).held).toBe(gathered(usual(40), 10).held);
  });

  it("holds few halves that stay alone", () => {
    const tape = new Tape();
    const bob = tape.unit("bob");
    identify(bob, "qrx");
    for (let frameId = 0; frameId < 500; frameId += 1) bobsFrame(bob, frameId);
    expect(gathered(tape).waiting).toBe(64);
  });

  it("tells frames that list other gates at either end", () => {
    const { frames, look } = gathered(usual(20, { gateDigest: new Uint8Array(32).fill(8) })).finish([]);
    expect(frames).toEqual({ paired: 0, unlike: 20 });
    expect(look(1e9).unlikeFrames?.value).toBe(1);
  });

  it("tells what the receiver's bias is set to, whoever asked", () => {
    const tape = usual(5);
    const bob = tape.unit("bob too");
    identify(bob, "qrx");
    for (const [command, value] of [
      ["getParameter", 57],
      ["setParameter", 58],
    ] as const)
      said(
        bob,
        "reply",
        COMMANDS[command satisfies CommandName].opcode,
        COMMANDS[command].reply.encode({ id: PARAMETERS.detectorBiasV.id, value }),
      );
    for (let second = 0; second < 4; second += 1) {
      bobsFrame(bob, 100 + second);
      tape.atNs += S;
    }
    expect(gathered(tape).finish([1, 3]).look(1e9).biasSetV?.value).toBe(58);
  });

  it("of one unit without a name is explained where it does not need one", () => {
    const tape = new Tape();
    const bob = tape.unit("bob");
    for (let second = 0; second < 5; second += 1) {
      bobsFrame(bob, second);
      tape.atNs += S;
    }
    expect(gathered(tape).finish([])).toMatchObject({ linkId: null, frames: null, units: [1] });
  });

  it("passes damaged registers and frames over", () => {
    const tape = usual(5);
    const unit = tape.unit("another");
    identify(unit, "qtx", "cd".repeat(16));
    const wrong = withCrc(1, 4, 2, 0, 0);
    wrong[3] = 9;
    unit.modbus("toDevice", withCrc(1, 4, 0, 0, 0, 1), true);
    unit.modbus("fromDevice", wrong, true);
    unit.session("fromDevice", { kind: "garbage", bytes: 40, reason: "noise" });
    said(unit, "event", EVENTS.rawKeyQrx.opcode, Uint8Array.of(1, 2));
    expect(gathered(tape).finish([1, 2]).look(1e9).qberX?.value).toBeCloseTo(0.03, 9);
    expect(() => gathered(tape).finish([3])).toThrow(/0 s of counts or readings, which is too short/);
  });
});

describe("a recording is refused", () => {
  const missing = (sentence: RegExp) =>
    expect.objectContaining({ code: "QKD_CAPTURE_MISSING", message: expect.stringMatching(sentence) });

  it("that holds too little, units of two links, or two of one role", () => {
    expect(() => gathered(usual(2)).finish([])).toThrow(missing(/2 s of counts or readings/));
    const tape = usual();
    identify(tape.unit("stranger"), "qrx", "cd".repeat(16));
    expect(() => gathered(tape).finish([])).toThrow(missing(/3 units of 2 links/));
    expect(() => gathered(tape).finish([1, 3])).toThrow(missing(/2 units of 2 links/));
    expect(() => gathered(tape).finish([4])).toThrow(missing(/has no unit 4/));
    const twice = usual();
    identify(twice.unit("bob as well"), "qrx");
    expect(() => gathered(twice).finish([])).toThrow(missing(/3 units: a diagnosis is of one link/));
  });

  it("that names nobody", () => {
    expect(() => gathered(new Tape()).finish([])).toThrow(missing(/does not say of which unit/));
    expect(INPUT_REGISTER_COUNT).toBeGreaterThan(99);
  });
});
