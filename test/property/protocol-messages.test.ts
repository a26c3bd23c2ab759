import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodecError } from "../../errors/index.ts";
import {
  ALARM_LEVELS,
  ALARM_SEVERITIES,
  CAPABILITIES,
  COMMANDS,
  DEVICE_STATES,
  EVENTS,
  errorReply,
  LOG_LEVELS,
  type MessageCodec,
  PARAMETER_ACCESS,
  PARAMETER_TYPES,
  planeBytes,
  SecretBytes,
} from "../../protocol/index.ts";

const SEED = 20_261_123;
const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const count64 = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const f64 = fc.double({ noNaN: true, noDefaultInfinity: true });
const text = (maxBytes: number): fc.Arbitrary<string> =>
  fc.string({ unit: "binary", maxLength: 40 }).filter((value) => Buffer.byteLength(value) <= maxBytes);
const oneOf = <const V extends Readonly<Record<string, number>>>(values: V): fc.Arbitrary<keyof V & string> =>
  fc.constantFrom(...(Object.keys(values) as (keyof V & string)[]));
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });

/** Planes of the right length whose unused bits are zero. */
const planes = (detections: number, count: number): fc.Arbitrary<SecretBytes> =>
  fc
    .uint8Array({ minLength: count * planeBytes(detections), maxLength: count * planeBytes(detections) })
    .map((bytes) => {
      const each = planeBytes(detections);
      if (detections % 8 !== 0)
        for (let plane = 1; plane <= count; plane++)
          bytes[plane * each - 1] = (bytes[plane * each - 1] as number) & ((1 << (detections % 8)) - 1);
      return new SecretBytes(bytes);
    });

const rawKeyHead = {
  sessionNumber: u32,
  frameId: u32,
  firstGate: u64,
  gateCount: u64,
  detections: fc.integer({ min: 0, max: 300 }),
  droppedFrames: u32,
  gateDigest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
};

const withPlanes = <T extends { readonly detections: number }>(head: fc.Arbitrary<T>, count: number) =>
  head.chain((fields) => planes(fields.detections, count).map((bits) => ({ ...fields, planes: bits })));

const alarm = {
  code: u16,
  severity: oneOf(ALARM_SEVERITIES),
  level: oneOf(ALARM_LEVELS),
  value: f64,
  raisedMs: u64,
};

/** Writes, reads, compares the objects and the bytes. */
function roundTrips<T>(codec: MessageCodec<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = codec.encode(value);
      const read = codec.decode(bytes);
      expect(read).toEqual(value);
      expect(Buffer.compare(codec.encode(read), bytes)).toBe(0);
      const secret = (read as { planes?: SecretBytes }).planes;
      if (secret !== undefined)
        expect(secret.reveal()).toEqual((value as unknown as { planes: SecretBytes }).planes.reveal());
    }),
    { seed: SEED, numRuns: 200 },
  );
}

describe("whatever is written is read back", () => {
  it("raw key of the transmitter", () =>
    roundTrips(
      EVENTS.rawKeyQtx.event,
      withPlanes(
        fc.record(
          { ...rawKeyHead, sent: fc.array(count64, { minLength: 6, maxLength: 6 }) },
          { noNullPrototype: true },
        ),
        4,
      ),
    ));

  it("raw key of the receiver", () =>
    roundTrips(
      EVENTS.rawKeyQrx.event,
      withPlanes(
        fc.record(
          {
            ...rawKeyHead,
            clicksDetector0: count64,
            clicksDetector1: count64,
            doubleClicks: count64,
            deadGates: count64,
            photocurrentNa: f64,
          },
          { noNullPrototype: true },
        ),
        2,
      ),
    ));

  it("status", () =>
    roundTrips(
      EVENTS.status.event,
      fc.record(
        {
          state: oneOf(DEVICE_STATES),
          uptimeMs: u64,
          sessionNumber: u32,
          qberPpm: optional(u32),
          visibility: optional(f64),
          countRate0Hz: f64,
          countRate1Hz: f64,
          laserTemperatureC: optional(f64),
          detectorTemperatureC: optional(f64),
          internalTemperatureC: f64,
          framesProduced: count64,
          framesSent: count64,
          framesDropped: count64,
          detectionsDropped: count64,
          frameErrors: u32,
          requestErrors: u32,
          activeAlarms: u32,
        },
        { noNullPrototype: true },
      ),
    ));

  it("identity", () =>
    roundTrips(
      COMMANDS.identify.reply,
      fc.record(
        {
          protocolVersion: u16,
          role: fc.constantFrom("qtx" as const, "qrx" as const),
          vendor: text(255),
          model: text(255),
          serial: text(255),
          firmware: text(255),
          hardwareRevision: text(255),
          clockHz: f64,
          linkId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
          capabilities: fc.subarray([...CAPABILITIES]),
          limits: fc.record(
            { maxPayloadBytes: u32, maxDetectionsPerFrame: u32, maxCreditFrames: u32 },
            { noNullPrototype: true },
          ),
        },
        { noNullPrototype: true },
      ),
    ));

  it("parameters", () =>
    roundTrips(
      COMMANDS.listParameters.reply,
      fc.record(
        {
          parameters: fc.array(
            fc.record(
              {
                id: u16,
                name: text(255),
                type: oneOf(PARAMETER_TYPES),
                unit: text(255),
                min: f64,
                max: f64,
                access: oneOf(PARAMETER_ACCESS),
                value: fc.oneof(f64, text(65_535)),
              },
              { noNullPrototype: true },
            ),
          ),
        },
        { noNullPrototype: true },
      ),
    ));

  it("alarms and log", () => {
    roundTrips(
      COMMANDS.listAlarms.reply,
      fc.record(
        { alarms: fc.array(fc.record({ ...alarm, text: text(255) }, { noNullPrototype: true })) },
        { noNullPrototype: true },
      ),
    );
    roundTrips(
      COMMANDS.readLog.reply,
      fc.record(
        {
          firstIndex: u32,
          nextIndex: u32,
          entries: fc.array(
            fc.record(
              { index: u32, uptimeMs: u64, level: oneOf(LOG_LEVELS), text: text(65_535) },
              { noNullPrototype: true },
            ),
          ),
        },
        { noNullPrototype: true },
      ),
    );
  });
});

const codecs: MessageCodec<never>[] = [
  ...Object.values(COMMANDS).flatMap(({ request, reply }) => [request, reply]),
  ...Object.values(EVENTS).map(({ event }) => event),
  errorReply,
].map((codec) => codec as unknown as MessageCodec<never>);

/** Refused by a CodecError, or read and written to the same bytes. */
function isSound(codec: MessageCodec<never>, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(codec.encode(codec.decode(bytes)), bytes) === 0;
  } catch (error) {
    return error instanceof CodecError;
  }
}

describe("whatever arrives is refused or reads to the same bytes", () => {
  it("random payloads", () => {
    fc.assert(fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 200 }), isSound), {
      seed: SEED,
      numRuns: 5_000,
    });
  });

  it("messages with a few bytes changed, cut out or put in", () => {
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), kind: fc.nat(2), byte: u8 });
    fc.assert(
      fc.property(
        fc.constantFrom(...codecs),
        fc.nat(20),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (codec, sample, edits) => {
          const bytes = [...codec.encode(codec.samples[sample % codec.samples.length] as never)];
          for (const { at, kind, byte } of edits) {
            const index = Math.floor(at * bytes.length);
            if (kind === 0) bytes[index] = byte;
            else if (kind === 1) bytes.splice(index, 1);
            else bytes.splice(index, 0, byte);
          }
          return isSound(codec, Uint8Array.from(bytes));
        },
      ),
      { seed: SEED, numRuns: 10_000 },
    );
  });
});
