import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acknowledgedThrough,
  type CreditLedger,
  consumeFrame,
  creditLimit,
  openLedger,
  receiveFrame,
  skipTo,
} from "./credit-ledger.ts";

const fresh = (creditFrames = 4, maxCreditFrames = 8) =>
  openLedger({ sessionNumber: 1, firstFrameId: 10, creditFrames, maxCreditFrames });
const receive = (ledger: CreditLedger, ...ids: number[]) =>
  ids.reduce((current, id) => receiveFrame(current, id)[0], ledger);
const numbers = (ledger: CreditLedger) => [acknowledgedThrough(ledger), creditLimit(ledger)];

describe("the credit ledger", () => {
  it("grants the first frames on opening", () => {
    expect(numbers(fresh())).toEqual([10, 14]);
  });

  it("grants nothing for frames that were delivered but not consumed", () => {
    expect(numbers(receive(fresh(), 10, 11, 12))).toEqual([10, 14]);
  });

  it("returns a credit for each frame consumed, in any order", () => {
    const ledger = receive(fresh(), 10, 11, 12);
    expect(numbers(consumeFrame(ledger, 11))).toEqual([10, 15]);
    expect(numbers(consumeFrame(consumeFrame(ledger, 11), 10))).toEqual([12, 16]);
  });

  it("ignores the consumption of unknown frames, also the second of the same", () => {
    const ledger = consumeFrame(receive(fresh(), 10), 10);
    expect(consumeFrame(ledger, 10)).toBe(ledger);
    expect(consumeFrame(ledger, 99)).toBe(ledger);
  });

  it("drops duplicates and counts gaps", () => {
    const [ledger, first] = receiveFrame(fresh(), 12);
    expect(first).toEqual({ verdict: "deliver", missing: 2 });
    expect(receiveFrame(ledger, 12)[1]).toEqual({ verdict: "duplicate" });
    expect(receiveFrame(ledger, 11)[1]).toEqual({ verdict: "duplicate" });
    expect(numbers(ledger)).toEqual([12, 16]);
  });

  it("takes no frame that it did not grant", () => {
    expect(receiveFrame(fresh(), 13)[1]).toEqual({ verdict: "deliver", missing: 3 });
    expect(receiveFrame(fresh(), 14)).toEqual([fresh(), { verdict: "uninvited" }]);
  });

  it("goes on after a device dropped everything it had no credit for", () => {
    const consumed = consumeFrame(receive(fresh(), 10), 10);
    const [ledger, missing] = skipTo(consumed, 50);
    expect(missing).toBe(39);
    expect(numbers(ledger)).toEqual([50, 54]);
    expect(skipTo(ledger, 20)).toEqual([ledger, 0]);
  });

  it("never asks for more than the device's own limit ahead of the oldest unconsumed frame", () => {
    const [ledger] = skipTo(receive(fresh(), 10), 50);
    expect(numbers(ledger)).toEqual([10, 18]);
  });

  it("never lowers its numbers nor lets more than the granted frames wait, whatever happens", () => {
    const action = fc.oneof(
      fc.record({ act: fc.constant("receive" as const), step: fc.nat(3) }),
      fc.record({ act: fc.constant("consume" as const), step: fc.nat(5) }),
      fc.record({ act: fc.constant("skip" as const), step: fc.nat(20) }),
    );
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (actions, creditFrames) => {
          let ledger = fresh(creditFrames);
          for (const { act, step } of actions) {
            const before = numbers(ledger);
            // A device that keeps the rules sends nothing at or above the limit.
            if (act === "receive" && ledger.nextFrameId + step < creditLimit(ledger))
              ledger = receiveFrame(ledger, ledger.nextFrameId + step)[0];
            if (act === "consume") ledger = consumeFrame(ledger, ledger.unconsumed[step] ?? -1);
            if (act === "skip") ledger = skipTo(ledger, ledger.nextFrameId + step)[0];
            const after = numbers(ledger);
            expect(after[0]).toBeGreaterThanOrEqual(before[0]!);
            expect(after[1]).toBeGreaterThanOrEqual(before[1]!);
            expect(ledger.unconsumed.length).toBeLessThanOrEqual(creditFrames);
          }
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });
});
