import { describe, expect, it } from "vitest";
import {
  COMMANDS,
  EVENTS,
  encodeFrameParts,
  errorReply,
  type FrameHead,
  FrameScanner,
  type MessageCodec,
  SecretBytes,
} from "../../protocol/index.ts";
import { specExample, specExampleCount } from "./spec-examples.ts";

interface Vector {
  /** Number of the example in section 11 of the SPEC. */
  readonly example: number;
  readonly head: FrameHead;
  readonly hex: string;
  readonly codec: MessageCodec<never>;
  readonly message: unknown;
}

/** The bytes stand here a second time on purpose: the SPEC and the code cannot drift together unnoticed. */
const vector = <T>(
  example: number,
  head: readonly [kind: FrameHead["kind"], sequence: number, opcode: number, repeat?: "repeat"],
  hex: string,
  codec: MessageCodec<T>,
  message: T,
): Vector => ({
  example,
  head: { kind: head[0], repeat: head[3] !== undefined, sequence: head[1], opcode: head[2] },
  hex: hex.replaceAll(/\s/g, ""),
  codec: codec as unknown as MessageCodec<never>,
  message,
});

const token = { token: 0x0123456789abcdefn };
const secret = (...bytes: number[]): SecretBytes => new SecretBytes(Uint8Array.from(bytes));

const VECTORS: readonly Vector[] = [
  vector(
    1,
    ["request", 1, 0x0001],
    "514B444C 01 00 0001 0001 00000008 3A99  0123456789ABCDEF  28C7D1AE",
    COMMANDS.ping.request,
    token,
  ),
  vector(
    2,
    ["reply", 1, 0x0001],
    "514B444C 01 01 0001 0001 00000008 D1BA  0123456789ABCDEF  28C7D1AE",
    COMMANDS.ping.reply,
    token,
  ),
  vector(
    3,
    ["request", 1, 0x0001, "repeat"],
    "514B444C 01 04 0001 0001 00000008 A676  0123456789ABCDEF  28C7D1AE",
    COMMANDS.ping.request,
    token,
  ),
  vector(
    4,
    ["error", 0xffff, 0x7777],
    "514B444C 01 09 FFFF 7777 00000012 9FBF  0001 0F6E6F207375636820636F6D6D616E64  4337280E",
    errorReply,
    { code: "unknownOpcode", text: "no such command" },
  ),
  vector(
    5,
    ["request", 2, 0x0002],
    "514B444C 01 00 0002 0002 00000000 8DC1  00000000",
    COMMANDS.identify.request,
    {},
  ),
  vector(
    6,
    ["reply", 2, 0x0002],
    `514B444C 01 01 0002 0002 00000040 2E26
     0001 01 0441434D45 04514C2D31 0430303432 03312E30 0141 41CDCD6500000000
     000102030405060708090A0B0C0D0E0F 00000089 00100000 00010000 00000040
     D4C81A27`,
    COMMANDS.identify.reply,
    {
      protocolVersion: 1,
      role: "qrx",
      vendor: "ACME",
      model: "QL-1",
      serial: "0042",
      firmware: "1.0",
      hardwareRevision: "A",
      clockHz: 1e9,
      linkId: Uint8Array.from({ length: 16 }, (_, index) => index),
      capabilities: ["keyExchange", "modbusTelemetry", "factoryReset"],
      limits: { maxPayloadBytes: 1_048_576, maxDetectionsPerFrame: 65_536, maxCreditFrames: 64 },
    },
  ),
  vector(
    7,
    ["request", 3, 0x0012],
    "514B444C 01 00 0003 0012 0000000B 8091  0011 00 4004000000000000  7E39BDC4",
    COMMANDS.setParameter.request,
    { id: 0x11, value: 2.5 },
  ),
  vector(
    8,
    ["request", 4, 0x0012],
    "514B444C 01 00 0004 0012 00000008 A9B6  0004 01 0003C2B531  12C39FD8",
    COMMANDS.setParameter.request,
    { id: 0x04, value: "µ1" },
  ),
  vector(
    9,
    ["request", 5, 0x0022],
    "514B444C 01 00 0005 0022 0000000C 5DBD  00000007 00000064 0000006C  37025758",
    COMMANDS.credit.request,
    { sessionNumber: 7, acknowledgedThrough: 100, creditLimit: 108 },
  ),
  vector(
    10,
    ["event", 10, 0x8020],
    `514B444C 01 02 000A 8020 00000074 7E0F
     00000007 00000064 00000000000003E8 00000000000000C8 00000003 00000002
     DD3DE357DF446A92424ED2860147785FA448D0E51A8F6288B29D4A5889E2E4DE
     00000000000000A4 000000000000000C 000000000000000B 000000000000000B 0000000000000001 0000000000000001
     02 05 01 04  757652B2`,
    EVENTS.rawKeyQtx.event,
    {
      sessionNumber: 7,
      frameId: 100,
      firstGate: 1000n,
      gateCount: 200n,
      detections: 3,
      droppedFrames: 2,
      gateDigest: Uint8Array.from(
        Buffer.from("dd3de357df446a92424ed2860147785fa448d0e51a8f6288b29d4a5889e2e4de", "hex"),
      ),
      sent: [164, 12, 11, 11, 1, 1],
      planes: secret(0b010, 0b101, 0b001, 0b100),
    },
  ),
  vector(
    11,
    ["event", 11, 0x8021],
    `514B444C 01 02 000B 8021 0000006C FF06
     00000009 00000065 00000000000004B0 000000000000012C 00000009 00000000
     0000000000000000000000000000000000000000000000000000000000000000
     0000000000000005 0000000000000006 0000000000000002 0000000000000009 4029000000000000
     0001 A501  F0D42292`,
    EVENTS.rawKeyQrx.event,
    {
      sessionNumber: 9,
      frameId: 101,
      firstGate: 1200n,
      gateCount: 300n,
      detections: 9,
      droppedFrames: 0,
      gateDigest: new Uint8Array(32),
      clicksDetector0: 5,
      clicksDetector1: 6,
      doubleClicks: 2,
      deadGates: 9,
      photocurrentNa: 12.5,
      planes: secret(0, 1, 0xa5, 1),
    },
  ),
  vector(
    12,
    ["event", 12, 0x8030],
    `514B444C 01 02 000C 8030 00000061 99E4
     02 000000000036EE80 00000007 01000059D8 00 0000000000000000 0000000000000000
     014039400000000000 00 403E000000000000
     0000000000000064 0000000000000062 0000000000000002 0000000000020000
     00000000 00000001 00000001  63DB117F`,
    EVENTS.status.event,
    {
      state: "online",
      uptimeMs: 3_600_000n,
      sessionNumber: 7,
      qberPpm: 23_000,
      visibility: null,
      countRate0Hz: 0,
      countRate1Hz: 0,
      laserTemperatureC: 25.25,
      detectorTemperatureC: null,
      internalTemperatureC: 30,
      framesProduced: 100,
      framesSent: 98,
      framesDropped: 2,
      detectionsDropped: 131_072,
      frameErrors: 0,
      requestErrors: 1,
      activeAlarms: 1,
    },
  ),
  vector(
    13,
    ["event", 13, 0x8031],
    `514B444C 01 02 000D 8031 00000025 8394
     01 000B 01 00 4044C00000000000 000000000036F074 0F686F7573696E67206973207761726D  BA467C79`,
    EVENTS.alarm.event,
    {
      transition: "raised",
      code: 11,
      severity: "major",
      level: "operating",
      value: 41.5,
      raisedMs: 3_600_500n,
      text: "housing is warm",
    },
  ),
  vector(
    14,
    ["reply", 6, 0x0031],
    "514B444C 01 01 0006 0031 00000002 655A  0000  41D912FF",
    COMMANDS.listAlarms.reply,
    { alarms: [] },
  ),
];

describe.each(VECTORS.map((entry) => [entry.example, entry] as const))("example 11.%d", (example, entry) => {
  const bytes = Uint8Array.from(Buffer.from(entry.hex, "hex"));

  it("stands in the SPEC with the same bytes", () => {
    expect(specExample(example)).toEqual(bytes);
  });

  it("is read as the SPEC says", () => {
    const [event, ...rest] = new FrameScanner().push(bytes);
    expect(rest).toEqual([]);
    if (event?.kind !== "frame") return expect.unreachable();
    const { kind, repeat, sequence, opcode, payload } = event.frame;
    expect({ kind, repeat, sequence, opcode }).toEqual(entry.head);
    const message = entry.codec.decode(payload) as { planes?: SecretBytes };
    expect(message).toEqual(entry.message);
    if (message.planes !== undefined)
      expect(message.planes.reveal()).toEqual((entry.message as { planes: SecretBytes }).planes.reveal());
  });

  it("is written as the SPEC says", () => {
    const parts = encodeFrameParts(entry.head, entry.codec.encodeParts(entry.message as never));
    expect(Buffer.concat(parts).toString("hex").toUpperCase()).toBe(entry.hex.toUpperCase());
  });
});

/** The frames in a stream that ends after `bytes`. */
function framesIn(bytes: Uint8Array): number {
  const scanner = new FrameScanner();
  const events = scanner.push(bytes);
  while (scanner.pendingBytes > 0) events.push(...scanner.abandon());
  return events.filter((event) => event.kind === "frame").length;
}

describe.each(VECTORS.map((entry) => [entry.example, entry] as const))(
  "damage to example 11.%d",
  (_, entry) => {
    const bytes = Uint8Array.from(Buffer.from(entry.hex, "hex"));

    it("is no frame when cut anywhere", () => {
      for (let length = 0; length < bytes.length; length++) {
        const scanner = new FrameScanner();
        expect(scanner.push(bytes.subarray(0, length))).toEqual([]);
        expect(scanner.pendingBytes).toBe(length);
        expect(framesIn(bytes.subarray(0, length))).toBe(0);
      }
    });

    it("is still one frame with a byte before or behind it", () => {
      for (const extra of [0, 0x51, 0xff]) {
        expect(framesIn(Uint8Array.of(...bytes, extra))).toBe(1);
        expect(framesIn(Uint8Array.of(extra, ...bytes))).toBe(1);
      }
    });

    it("is no frame with any bit flipped", () => {
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Uint8Array.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        if (framesIn(flipped) !== 0) expect.unreachable(`bit ${bit}`);
      }
    });
  },
);

describe("the examples", () => {
  it("all have a vector, but for the frame of another version, which is passed over as such", () => {
    expect(specExampleCount).toBe(VECTORS.length + 1);
    const events = new FrameScanner().push(specExample(specExampleCount));
    expect(events[0]).toEqual({ kind: "garbage", bytes: 1, reason: "version" });
    expect(events.some((event) => event.kind === "frame")).toBe(false);
  });

  it("make one stream, and no single bit flip in it gives another frame", () => {
    const stream = Buffer.concat(VECTORS.slice(0, 5).map((entry) => Buffer.from(entry.hex, "hex")));
    const frames = (bytes: Uint8Array): string[] => {
      const scanner = new FrameScanner();
      const events = scanner.push(bytes);
      while (scanner.pendingBytes > 0) events.push(...scanner.abandon());
      return events.flatMap((event) =>
        event.kind === "frame" ? [`${event.frame} ${Buffer.from(event.frame.payload).toString("hex")}`] : [],
      );
    };
    const intact = frames(stream);
    expect(intact).toHaveLength(5);
    let at = 0;
    for (const [index, entry] of VECTORS.slice(0, 5).entries()) {
      const others = intact.filter((_, other) => other !== index);
      for (let bit = at * 8; bit < at * 8 + entry.hex.length * 4; bit++) {
        const flipped = Uint8Array.from(stream);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(frames(flipped)).toEqual(others);
      }
      at += entry.hex.length / 2;
    }
  });
});
