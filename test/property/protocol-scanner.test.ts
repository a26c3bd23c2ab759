import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeFrame,
  type FrameEvent,
  FrameScanner,
  HEADER_BYTES,
  SYNC,
  TRAILER_BYTES,
} from "../../protocol/index.ts";

const SEED = 20_261_123;

/** Bytes that often look like the start of a frame. */
const tempting = fc
  .array(fc.oneof(fc.constant([...SYNC]), fc.constant([0x51]), fc.array(fc.nat(255), { maxLength: 20 })), {
    maxLength: 8,
  })
  .map((parts) => Uint8Array.from(parts.flat()));

const frame = fc
  .record({
    kind: fc.constantFrom("request" as const, "reply" as const, "error" as const, "event" as const),
    sequence: fc.nat(0xffff),
    opcode: fc.nat(0xffff),
    payload: fc.oneof(tempting, fc.uint8Array({ maxLength: 2_000 })),
  })
  .map(({ payload, ...head }) => encodeFrame({ ...head, repeat: false }, payload));

/** A frame inside the payload of another, to be found only if the outer one is damaged. */
const nested = fc
  .tuple(tempting, frame, tempting)
  .map(([before, inner, after]) =>
    encodeFrame(
      { kind: "event", repeat: false, sequence: 1, opcode: 0x8020 },
      Uint8Array.from([...before, ...inner, ...after]),
    ),
  );

type Piece = { readonly intact: boolean; readonly bytes: Uint8Array };

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const intact = fc.oneof(frame, nested).map((bytes): Piece => ({ intact: true, bytes }));
const flipped = fc.tuple(fc.oneof(frame, nested), position, fc.nat(7)).map(([bytes, at, bit]): Piece => {
  const index = Math.floor(at * bytes.length);
  bytes[index] = (bytes[index] as number) ^ (1 << bit);
  return { intact: false, bytes };
});
const cut = fc
  .tuple(frame, position)
  .map(([bytes, at]): Piece => ({ intact: false, bytes: bytes.subarray(0, Math.floor(at * bytes.length)) }));
const garbage = tempting.map((bytes): Piece => ({ intact: false, bytes }));

/** At most six damaged pieces: fewer than the scanner needs to give up a nest of failures as a whole. */
const stream = fc
  .tuple(fc.array(intact, { maxLength: 8 }), fc.array(fc.oneof(flipped, cut, garbage), { maxLength: 6 }))
  .chain(([good, bad]) => fc.shuffledSubarray([...good, ...bad], { minLength: good.length + bad.length }));

const chunkSizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20 });

/** Scans in chunks of the sizes in turn, then gives up what is incomplete. Checks the account at every step. */
function scan(bytes: Uint8Array, sizes: readonly number[]): FrameEvent[] {
  const scanner = new FrameScanner();
  const events: FrameEvent[] = [];
  let accounted = 0;
  const take = (more: readonly FrameEvent[]): void => {
    for (const event of more) {
      accounted +=
        event.kind === "garbage" ? event.bytes : HEADER_BYTES + event.frame.payload.length + TRAILER_BYTES;
      events.push(event);
    }
  };
  for (let at = 0, step = 0; at < bytes.length; step++) {
    const size = sizes[step % sizes.length] as number;
    const chunk = Uint8Array.from(bytes.subarray(at, at + size));
    at += chunk.length;
    take(scanner.push(chunk));
    chunk.fill(0x51);
    expect(accounted + scanner.pendingBytes).toBe(at);
  }
  while (scanner.pendingBytes > 0) take(scanner.abandon());
  expect(accounted).toBe(bytes.length);
  return events;
}

/** The events with neighbouring garbage of one reason added up, and frames as their bytes. */
function summary(events: readonly FrameEvent[]): string[] {
  const out: string[] = [];
  let last: { reason: string; bytes: number } | undefined;
  for (const event of events) {
    if (event.kind === "garbage" && last?.reason === event.reason) last.bytes += event.bytes;
    else {
      if (last !== undefined) out.push(`${last.reason} ${last.bytes}`);
      last = event.kind === "garbage" ? { reason: event.reason, bytes: event.bytes } : undefined;
    }
    if (event.kind === "frame")
      out.push(Buffer.from(encodeFrame(event.frame, event.frame.payload)).toString("hex"));
  }
  if (last !== undefined) out.push(`${last.reason} ${last.bytes}`);
  return out;
}

const join = (pieces: readonly Piece[]): Uint8Array => Buffer.concat(pieces.map(({ bytes }) => bytes));

describe("the scanner", () => {
  it("finds every intact frame among damage, in order, and accounts for every byte", () => {
    fc.assert(
      fc.property(stream, chunkSizes, (pieces, sizes) => {
        const found = summary(scan(join(pieces), sizes));
        let from = 0;
        for (const { bytes } of pieces.filter((piece) => piece.intact)) {
          const at = found.indexOf(Buffer.from(bytes).toString("hex"), from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it("finds the same whatever the chunks", () => {
    fc.assert(
      fc.property(stream, chunkSizes, (pieces, sizes) => {
        const bytes = join(pieces);
        expect(summary(scan(bytes, sizes))).toEqual(summary(scan(bytes, [bytes.length + 1])));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("finds nothing but the frames in an undamaged stream", () => {
    fc.assert(
      fc.property(fc.array(intact, { maxLength: 8 }), chunkSizes, (pieces, sizes) => {
        expect(summary(scan(join(pieces), sizes))).toEqual(
          pieces.map(({ bytes }) => Buffer.from(bytes).toString("hex")),
        );
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("accounts for every byte when frames are given up at any moment", () => {
    const moments = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(3)), {
      minLength: 1,
      maxLength: 50,
    });
    fc.assert(
      fc.property(stream, moments, (pieces, steps) => {
        const bytes = join(pieces);
        const scanner = new FrameScanner();
        let accounted = 0;
        for (let at = 0, step = 0; at < bytes.length; step++) {
          const [size, abandons] = steps[step % steps.length] as [number, number];
          const events = scanner.push(bytes.subarray(at, at + size));
          at = Math.min(at + size, bytes.length);
          for (let count = 0; count < abandons; count++) {
            const before = scanner.pendingBytes;
            events.push(...scanner.abandon());
            if (before > 0) expect(scanner.pendingBytes).toBeLessThan(before);
          }
          for (const event of events)
            accounted +=
              event.kind === "garbage"
                ? event.bytes
                : HEADER_BYTES + event.frame.payload.length + TRAILER_BYTES;
          expect(accounted + scanner.pendingBytes).toBe(at);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("never makes a frame of noise", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(tempting, fc.uint8Array()), { maxLength: 10 }),
        chunkSizes,
        (parts, sizes) => {
          const events = scan(Buffer.concat(parts), sizes);
          expect(events.every((event) => event.kind === "garbage")).toBe(true);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});
