import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PeerError } from "../../errors/index.ts";
import {
  distillationParities,
  distillationSift,
  distillationSiftReply,
  PEER_MESSAGES,
  type PeerMessage,
  planeBytes,
} from "../../protocol/index.ts";

const SEED = 20_261_129;
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const count64 = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const head = { sequence: count64, heard: u32, frame: u32 };
const bodyOf = <T>(message: PeerMessage<T>, value: T): Uint8Array =>
  Uint8Array.from(Buffer.concat(message.encode(value)));

/** A plane of so many bits, zeros past the last. */
const plane = (bits: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: planeBytes(bits), maxLength: planeBytes(bits) }).map((bytes) => {
    if (bits % 8 !== 0) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) & ((1 << (bits % 8)) - 1);
    return bytes;
  });

function roundTrips<T>(message: PeerMessage<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, (value) => {
      const body = bodyOf(message, value);
      const read = message.decode(body);
      expect(read).toEqual(value);
      expect(Buffer.compare(bodyOf(message, read), body)).toBe(0);
    }),
    { seed: SEED, numRuns: 100 },
  );
}

describe("whatever is written is read back", () => {
  it("bases of Bob", () =>
    roundTrips(
      distillationSift,
      fc.integer({ min: 0, max: 70_000 }).chain((detections) =>
        fc.record(
          {
            ...head,
            doubleClicks: count64,
            photocurrentNa: fc.double({ noNaN: true, noDefaultInfinity: true }),
            detections: fc.constant(detections),
            basis: plane(detections),
          },
          { noNullPrototype: true },
        ),
      ),
    ));

  it("bases and intensities of Alice", () =>
    roundTrips(
      distillationSiftReply,
      fc
        .record({
          zBits: fc.nat(50_000),
          xBits: fc.nat(50_000),
          mismatched: fc.nat(50_000),
          zPart: fc.double({ min: 0, max: 1, noNaN: true }),
          xPart: fc.double({ min: 0, max: 1, noNaN: true }),
        })
        .chain(({ zBits, xBits, mismatched, zPart, xPart }) => {
          const detections = zBits + xBits + mismatched;
          const zDecoys = Math.floor(zBits * zPart);
          const xDecoys = Math.floor(xBits * xPart);
          return fc.record(
            {
              ...head,
              sent: fc.array(count64, { minLength: 6, maxLength: 6 }),
              detections: fc.constant(detections),
              basis: plane(detections),
              zBits: fc.constant(zBits),
              zDecoys: fc.constant(zDecoys),
              zDecoy: plane(zBits),
              zVacuum: plane(zDecoys),
              xBits: fc.constant(xBits),
              xDecoys: fc.constant(xDecoys),
              xDecoy: plane(xBits),
              xVacuum: plane(xDecoys),
              xBit: plane(xBits),
            },
            { noNullPrototype: true },
          );
        }),
    ));

  it("parities", () =>
    roundTrips(
      distillationParities,
      fc.record(
        {
          sequence: count64,
          heard: u32,
          entries: fc.array(
            fc.record(
              { cohort: u32, round: u32, parities: fc.uint8Array({ maxLength: 9000 }) },
              { noNullPrototype: true },
            ),
            { maxLength: 60 },
          ),
        },
        { noNullPrototype: true },
      ),
    ));
});

/** Refused by name, or read and written to the same bytes. */
function isSound(message: PeerMessage<unknown>, body: Uint8Array): boolean {
  try {
    return Buffer.compare(bodyOf(message, message.decode(body)), body) === 0;
  } catch (error) {
    return error instanceof PeerError && error.message.includes(message.name);
  }
}

describe("whatever a peer sends is refused by name or reads to the same bytes", () => {
  it("random bodies", () => {
    fc.assert(fc.property(fc.constantFrom(...PEER_MESSAGES), fc.uint8Array({ maxLength: 200 }), isSound), {
      seed: SEED,
      numRuns: 5_000,
    });
  });

  it("bodies with a few bytes changed, cut out or put in", () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      kind: fc.nat(2),
      byte: fc.integer({ min: 0, max: 0xff }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...PEER_MESSAGES),
        fc.nat(20),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (message, sample, edits) => {
          const body = [...bodyOf(message, message.samples[sample % message.samples.length])];
          for (const { at, kind, byte } of edits) {
            const index = Math.floor(at * body.length);
            if (kind === 0) body[index] = byte;
            else if (kind === 1) body.splice(index, 1);
            else body.splice(index, 0, byte);
          }
          return isSound(message, Uint8Array.from(body));
        },
      ),
      { seed: SEED, numRuns: 10_000 },
    );
  });
});
