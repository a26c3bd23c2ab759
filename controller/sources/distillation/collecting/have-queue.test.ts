import { describe, expect, it } from "vitest";
import { type Have, HaveQueue } from "./have-queue.ts";

const have = (number: number, gate: number): Have => ({
  number,
  firstGate: BigInt(gate),
  gateCount: 1n,
  detections: 0,
  gateDigest: new Uint8Array(32),
});

describe("the queue of what Bob told", () => {
  it("gives back in order, and knows length, first and lowest gate all the while", () => {
    const queue = new HaveQueue();
    const plain: Have[] = [];
    let state = 1;
    for (let step = 0; step < 20_000; step++) {
      state = Math.imul(state, 0x2c9277b5) + 0xac564b05;
      // Grows for a while, then shrinks, so that places before the first item become empty.
      if ((state >>> 24) % 8 < (step < 12_000 ? 5 : 3)) {
        const next = have(step, (state >>> 8) & 0xffff);
        queue.push(next);
        plain.push(next);
      } else expect(queue.shift()).toBe(plain.shift());
      expect(queue.length).toBe(plain.length);
      expect(queue.first).toBe(plain[0]);
      if (step % 64 === 0)
        expect(queue.lowestGate).toBe(
          plain.reduce<bigint | undefined>(
            (low, { firstGate }) => (low === undefined || firstGate < low ? firstGate : low),
            undefined,
          ),
        );
    }
  });

  it("finds from a place on", () => {
    const queue = new HaveQueue();
    for (let number = 0; number < 10; number++) queue.push(have(number, number));
    queue.shift();
    expect(queue.find(({ number }) => number === 4, 0)).toBe(3);
    expect(queue.find(({ number }) => number === 4, 4)).toBe(-1);
    queue.clear();
    expect([queue.length, queue.first, queue.lowestGate]).toEqual([0, undefined, undefined]);
  });
});
