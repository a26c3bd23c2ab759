import {
  COMMANDS,
  EVENTS,
  errorReply,
  type FrameHead,
  type MessageCodec,
  SecretBytes,
} from "../../protocol/index.ts";

/** A frame of section 11 of the SPEC: its bytes, and what they say. */
export interface Vector {
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

/** Every example of section 11 but the frame of another version. */
export const VECTORS: readonly Vector[] = [
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
  vector(
    15,
    ["reply", 7, 0x0003],
    `514B444C010100070003000000469D1601000000006AB1C50000013F9999999999999A4098387AE147AE14014097E633
     333333330001056C617365720344464201370000000900000000000000040003000100020003ADDC0EA8`,
    COMMANDS.describe.reply,
    {
      calibratedAtS: 1_790_035_200,
      calibrationDueS: null,
      meanPhotonsUncertainty: 0.025,
      quantumNm: 1550.12,
      serviceNm: 1529.55,
      parts: [{ name: "laser", model: "DFB", serial: "7" }],
      measurements: ["counts", "attenuation"],
      histograms: [],
      tunes: ["modulator"],
      commands: [1, 2, 3],
    },
  ),
  vector(
    16,
    ["request", 8, 0x0054],
    `514B444C0100000800540000000E47F60A636F6D6D697373696F6E007800523314B0`,
    COMMANDS.lease.request,
    { holder: "commission", seconds: 120, ending: "restore" },
  ),
  vector(
    17,
    ["reply", 8, 0x0054],
    `514B444C0101000800540000000EACD50A636F6D6D697373696F6E007701A2AC38E9`,
    COMMANDS.lease.reply,
    { holder: "commission", seconds: 119, yours: true },
  ),
  vector(
    18,
    ["request", 9, 0x0041],
    `514B444C010000090041000000175B8201C06900000000000040690000000000000015000000FA88C66AEE`,
    COMMANDS.startMeasurement.request,
    { kind: "gateDelay", from: -200, to: 200, points: 21, dwellMs: 250 },
  ),
  vector(
    19,
    ["event", 14, 0x8042],
    `514B444C0102000E8042000001E6725C000000030014406900000000000000000000017D784000000000000000280000
     000000000003000000000000000200000000000000010000000001312D0000000000002625A000000000001312D00000
     0000000F424000000000000249F000000000000186A00000000000000003000000000000000000000000000000000000
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
     000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
     00000000000000000000000000000000000000000001D02757BA`,
    EVENTS.measurementPoint.event,
    {
      run: 3,
      index: 20,
      x: 200,
      gates: 25_000_000,
      blindGates: 40,
      clicks: [3, 2],
      doubles: 1,
      sent: [20_000_000, 2_500_000, 1_250_000, 1_000_000, 150_000, 100_000],
      cells: [3, ...new Array(46).fill(0), 1],
    },
  ),
  vector(
    20,
    ["event", 15, 0x8043],
    `514B444C0102000F80430000000F3F5A000000030009323120706F696E74734C3D577C`,
    EVENTS.measurementEnded.event,
    { run: 3, outcome: "completed", text: "21 points" },
  ),
  vector(
    21,
    ["reply", 10, 0x0043],
    `514B444C0101000A00430000004AA7F8000100000000000F42400567617465733FF00000000000003FF0000000000000
     000000000000000000030000000000000000000000000000000700000000000000050000000000000384395B8C76`,
    COMMANDS.readHistogram.reply,
    {
      kind: "gap",
      detector: 1,
      gates: 1_000_000,
      unit: "gates",
      firstBin: 1,
      binWidth: 1,
      below: 0,
      counts: [0, 7, 5],
      beyond: 900,
    },
  ),
  vector(
    22,
    ["request", 11, 0x0044],
    `514B444C0100000B0044000000043A6401020258CDFAD753`,
    COMMANDS.tune.request,
    { what: "phase", mode: "auto", intervalS: 600 },
  ),
  vector(
    23,
    ["event", 16, 0x8044],
    `514B444C0102001080440000002300F20000000401000000000000000000BFC00000000000000372616408666F6C6C6F
     77656425033F7E`,
    EVENTS.tuned.event,
    {
      run: 4,
      what: "phase",
      outcome: "adjusted",
      from: 0,
      to: -0.125,
      unit: "rad",
      text: "followed",
    },
  ),
  vector(
    24,
    ["reply", 18, 0x0043],
    `514B444C0101001200430000004F538B010000000000000F4240027073C0340000000000004024000000000000000000
     00000000010004000000000000000C0000000000000057000000000000005A0000000000000009000000000000000280
     B39A73`,
    COMMANDS.readHistogram.reply,
    {
      kind: "arrival",
      detector: 0,
      gates: 1_000_000,
      unit: "ps",
      firstBin: -20,
      binWidth: 10,
      below: 1,
      counts: [12, 87, 90, 9],
      beyond: 2,
    },
  ),
];
