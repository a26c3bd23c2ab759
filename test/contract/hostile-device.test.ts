import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createMemoryLink, openSession, openTransceiver } from "../../drivers/index.ts";
import { COMMANDS, EVENTS, encodeFrame, type FrameKind } from "../../protocol/index.ts";
import { FakeDevice, rawKeyMessage, settle } from "./fake-device.ts";

const opcodes = [...Object.values(COMMANDS), ...Object.values(EVENTS)].map(({ opcode }) => opcode);
const samples = Object.values(EVENTS).map(({ opcode, event }) => ({
  opcode,
  payload: event.encode(event.samples[0] as never),
}));

const frame = fc
  .record({
    kind: fc.constantFrom<FrameKind>("request", "reply", "error", "event"),
    sequence: fc.nat(65_535),
    opcode: fc.oneof(fc.constantFrom(...opcodes), fc.nat(65_535)),
    payload: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ payload, ...head }) => encodeFrame({ repeat: false, ...head }, payload));
const event = fc
  .record({ sample: fc.constantFrom(...samples), sequence: fc.nat(65_535) })
  .map(({ sample, sequence }) =>
    encodeFrame({ kind: "event", repeat: false, sequence, opcode: sample.opcode }, sample.payload),
  );
/** A frame with one byte changed, or cut short. */
const damaged = fc
  .tuple(fc.oneof(frame, event), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean())
  .map(([bytes, at, change, cut]) => {
    const copy = bytes.slice(0, cut ? at % bytes.length : bytes.length);
    if (!cut) copy[at % copy.length]! ^= change;
    return copy;
  });
const anything = fc.oneof(frame, event, damaged, fc.uint8Array({ maxLength: 60 }));

afterEach(() => {
  vi.useRealTimers();
});

describe("a device that sends anything at all", () => {
  it("neither ends the transceiver nor breaks the order of raw keys", async () => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anything, { maxLength: 25 }),
        fc.integer({ min: 1, max: 50 }),
        async (chaos, chunkBytes) => {
          const [left, right] = createMemoryLink({ chunkBytes });
          const device = new FakeDevice(right);
          device.on("startKeyExchange", ({ detectionsPerFrame }) => ({
            sessionNumber: 4_000_000_000,
            firstFrameId: 0,
            detectionsPerFrame,
          }));
          device.on("credit", (request) => ({ ...request, nextFrameId: 0, droppedFrames: 0 }));
          const transceiver = await openTransceiver(async () => left, { session: { stallMs: 5 } });
          const ids: number[] = [];
          const ends: unknown[] = [];
          transceiver.rawKeys$.subscribe({
            next: ({ frameId }) => ids.push(frameId),
            error: (error) => ends.push(error),
          });
          await transceiver.start();
          for (const [index, bytes] of chaos.entries()) {
            device.raw(bytes);
            device.event("rawKeyQrx", rawKeyMessage(index % 8, 4_000_000_000));
          }
          await settle();
          // A cut frame may swallow what follows until it is given up.
          await vi.advanceTimersByTimeAsync(12);
          await transceiver.ping();
          await transceiver.close();
          expect(ends).toEqual([]);
          expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        },
      ),
      { seed: 6, numRuns: 60 },
    );
  });

  it("can be dead before the session begins", async () => {
    const [left] = createMemoryLink();
    left.unplug();
    const reasons: unknown[] = [];
    const session = openSession(left, { event: () => {}, closed: (reason) => reasons.push(reason) });
    await expect(session.call("ping", { token: 1n })).rejects.toMatchObject({ code: "QKD_TRANSPORT_CLOSED" });
    expect(reasons).toMatchObject([{ code: "QKD_TRANSPORT_CLOSED" }]);
    await session.close();
  });
});
