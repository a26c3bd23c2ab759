import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameOutbox, MAX_CREDIT_FRAMES } from "./frame-outbox.ts";

const frame = (frameId: number) => ({ frameId, detections: 100 });

describe("the frame outbox", () => {
  it("sends up to the credit limit, keeps eight, drops and counts the newest", () => {
    const outbox = new FrameOutbox(10, 2);
    const kept = Array.from({ length: 14 }, (_, i) => {
      const taken = outbox.offer(frame(10 + i));
      outbox.take();
      return taken;
    });
    // Two sent, eight queued, four dropped.
    expect(kept).toEqual([...Array(10).fill(true), ...Array(4).fill(false)]);
    expect(outbox.counts).toEqual({ produced: 14, sent: 2, dropped: 4, detectionsDropped: 400 });
    expect(outbox.nextFrameId).toBe(12);
    outbox.grant({ acknowledgedThrough: 12, creditLimit: 40 });
    const sent = Array.from({ length: 9 }, () => outbox.take()?.frameId);
    expect(sent).toEqual([12, 13, 14, 15, 16, 17, 18, 19, undefined]);
    expect(outbox.nextFrameId).toBe(24);
  });

  it("takes grants as absolute: old and repeated ones change nothing", () => {
    const outbox = new FrameOutbox(0, 4);
    outbox.grant({ acknowledgedThrough: 0, creditLimit: 8 });
    outbox.grant({ acknowledgedThrough: 0, creditLimit: 5 });
    expect(outbox.creditLimit).toBe(8);
  });

  it("refuses acknowledgement of frames not sent and grants beyond the limit", () => {
    const outbox = new FrameOutbox(0, 1);
    outbox.offer(frame(0));
    expect(() => outbox.grant({ acknowledgedThrough: 1, creditLimit: 2 })).toThrowError(
      expect.objectContaining({ code: "badParameter" }),
    );
    expect(() => outbox.grant({ acknowledgedThrough: 0, creditLimit: MAX_CREDIT_FRAMES + 1 })).toThrowError(
      expect.objectContaining({ code: "outOfRange" }),
    );
    expect(outbox.creditLimit).toBe(1);
  });

  it("gives up what was not sent", () => {
    const outbox = new FrameOutbox(0, 1);
    for (const id of [0, 1, 2]) outbox.offer(frame(id));
    outbox.take();
    expect(outbox.clear().map(({ frameId }) => frameId)).toEqual([1, 2]);
    outbox.grant({ acknowledgedThrough: 1, creditLimit: 40 });
    expect(outbox.take()).toBeUndefined();
  });

  it("has room only for frames that it could both queue and send", () => {
    const outbox = new FrameOutbox(0, 3);
    expect([outbox.hasRoomFor(3), outbox.hasRoomFor(4)]).toEqual([true, false]);
    outbox.grant({ acknowledgedThrough: 0, creditLimit: 60 });
    expect([outbox.hasRoomFor(8), outbox.hasRoomFor(9)]).toEqual([true, false]);
  });

  it("never sends beyond the credit, never out of order, and accounts for every frame", () => {
    const action = fc.oneof(fc.constant("offer"), fc.constant("take"), fc.integer({ min: 0, max: 70 }));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const outbox = new FrameOutbox(5, 0);
        let [id, sentLast, queued] = [5, 4, 0];
        for (const step of actions) {
          if (step === "offer") queued += outbox.offer(frame(id++)) ? 1 : 0;
          else if (step === "take") {
            const taken = outbox.take();
            if (taken === undefined) continue;
            queued -= 1;
            expect(taken.frameId).toBeGreaterThan(sentLast);
            expect(taken.frameId).toBeLessThan(outbox.creditLimit);
            sentLast = taken.frameId;
          } else {
            const acknowledgedThrough = outbox.nextFrameId;
            outbox.grant({ acknowledgedThrough, creditLimit: acknowledgedThrough + Math.min(step, 64) });
          }
        }
        const { produced, sent, dropped } = outbox.counts;
        expect(produced).toBe(sent + dropped + queued);
        expect(queued).toBeLessThanOrEqual(8);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
