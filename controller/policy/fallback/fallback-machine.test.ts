import { describe, expect, it } from "vitest";
import type { ControllerEvent, FallbackReason } from "../../events.ts";
import {
  DEFAULT_FALLBACK_POLICY,
  type FallbackInput,
  fallbackStep,
  INITIAL_FALLBACK,
} from "./fallback-machine.ts";

const policy = { ...DEFAULT_FALLBACK_POLICY, engageBelowBits: 100, clearAboveBits: 1000 };
const pool = (atMs: number, availableBits: number): FallbackInput => ({ type: "pool", atMs, availableBits });
const health = (atMs: number, reason: FallbackReason | null): FallbackInput => ({
  type: "health",
  atMs,
  reason,
});
const tick = (atMs: number): FallbackInput => ({ type: "tick", atMs });
const operator = (atMs: number, engage: boolean): FallbackInput => ({ type: "operator", atMs, engage });
const engaged = (atMs: number, reason: FallbackReason): ControllerEvent => ({
  type: "fallbackEngaged",
  atMs,
  reason,
});
const cleared = (atMs: number): ControllerEvent => ({ type: "fallbackCleared", atMs });

function play(inputs: readonly FallbackInput[]) {
  let state = INITIAL_FALLBACK;
  const events: ControllerEvent[] = [];
  for (const input of inputs) {
    const [next, published] = fallbackStep(state, input, policy);
    // The state and its events never disagree.
    expect(next.engaged).toBe(next.reason !== null);
    state = next;
    events.push(...published);
  }
  return { state, events };
}

describe("fallback", () => {
  const table: [string, FallbackInput[], ControllerEvent[]][] = [
    ["rests on a good link", [pool(0, 5000), health(0, null), tick(100_000)], []],
    [
      "engages on a cut that lasts",
      [pool(0, 5000), health(0, "linkDown"), tick(999), tick(1000)],
      [engaged(1000, "linkDown")],
    ],
    ["ignores a short cut", [pool(0, 5000), health(0, "linkDown"), health(999, null), tick(5000)], []],
    [
      "waits with a low key rate while the pool lasts",
      [pool(0, 5000), health(0, "keyRateTooLow"), tick(9000)],
      [],
    ],
    [
      "waits with a lost peer while the pool lasts",
      [pool(0, 5000), health(0, "peerUnreachable"), tick(9000)],
      [],
    ],
    [
      "engages when the pool runs out, and clears above the upper mark only",
      [
        pool(0, 5000),
        pool(10, 99),
        tick(1010),
        pool(2000, 999),
        tick(9000),
        pool(9001, 1000),
        tick(14_000),
        tick(14_001),
      ],
      [engaged(1010, "poolExhausted"), cleared(14_001)],
    ],
    ["does not mind an empty pool at the start", [pool(0, 0), pool(30_000, 0), pool(59_999, 0)], []],
    [
      "minds it after the grace time",
      [pool(0, 0), pool(60_000, 0), tick(61_000)],
      [engaged(61_000, "poolExhausted")],
    ],
    [
      "stays engaged through a flicker of health",
      [
        pool(0, 5000),
        health(0, "qberTooHigh"),
        tick(1000),
        health(2000, null),
        health(6999, "qberTooHigh"),
        health(7000, null),
        tick(11_999),
        tick(12_000),
      ],
      [engaged(1000, "qberTooHigh"), cleared(12_000)],
    ],
    [
      "obeys the operator at once",
      [pool(0, 5000), operator(10, true), operator(20, false)],
      [engaged(10, "operator"), cleared(20)],
    ],
    [
      "stays engaged when the operator lets go of a broken link",
      [pool(0, 5000), operator(10, true), health(11, "linkDown"), operator(20, false), tick(99_000)],
      [engaged(10, "operator")],
    ],
  ];
  it.each(table)("%s", (_name, inputs, events) => {
    expect(play(inputs).events).toEqual(events);
  });

  it("names the present cause while it is engaged", () => {
    const { state } = play([
      pool(0, 5000),
      health(0, "linkDown"),
      tick(1000),
      health(1001, "eavesdropperSuspected"),
    ]);
    expect(state.reason).toBe("eavesdropperSuspected");
  });
});
