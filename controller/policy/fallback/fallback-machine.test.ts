import { describe, expect, it } from "vitest";
import type { ControllerEvent, FallbackReason } from "../../events.ts";
import { type FallbackInput, fallbackStep, INITIAL_FALLBACK } from "./fallback-machine.ts";
import { DEFAULT_FALLBACK_POLICY } from "./fallback-policy.ts";

const policy = { ...DEFAULT_FALLBACK_POLICY, engageBelowBits: 100, clearAboveBits: 1000, clearHoldMs: 5000 };
const pool = (atMs: number, availableBits: number): FallbackInput => ({ type: "pool", atMs, availableBits });
const health = (atMs: number, reason: FallbackReason | null): FallbackInput => ({
  type: "health",
  atMs,
  reason,
  down: reason !== null && reason !== "keyRateTooLow",
});
const block = (atMs: number, bits: number): FallbackInput => ({ type: "block", atMs, bits });
const demand = (atMs: number, bits: number): FallbackInput => ({ type: "demand", atMs, bits });
const tick = (atMs: number): FallbackInput => ({ type: "tick", atMs });
const operator = (atMs: number, engage: boolean): FallbackInput => ({ type: "operator", atMs, engage });
const engaged = (atMs: number, reason: FallbackReason): ControllerEvent => ({
  type: "fallbackEngaged",
  atMs,
  reason,
});
const cleared = (atMs: number): ControllerEvent => ({ type: "fallbackCleared", atMs });
/** Two seconds of an hour-long day at a time: `bps` asked for and, while `lit`, made in blocks of 2 s. */
function hour(levelBits: number, bps: number, lit: (atMs: number) => boolean): FallbackInput[] {
  let level = levelBits;
  return Array.from({ length: 1800 }, (_, index): FallbackInput[] => {
    const atMs = 2000 * index;
    const made = lit(atMs) ? 2 * bps : 0;
    level += made - 2 * bps;
    const condition = health(atMs, lit(atMs) ? null : "linkDown");
    return [condition, ...(made > 0 ? [block(atMs, made)] : []), demand(atMs, 2 * bps), pool(atMs, level)];
  }).flat();
}

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
      "serves from stock through a cut that nobody's demand exhausts",
      [pool(0, 5000), health(0, "linkDown"), tick(999), tick(1000), tick(3_600_000)],
      [],
    ],
    [
      "ignores a high error rate while the pool lasts",
      [pool(0, 5000), health(0, "qberTooHigh"), tick(9000)],
      [],
    ],
    [
      "engages on a suspected eavesdropper whatever the stock",
      [pool(0, 1e9), health(0, "eavesdropperSuspected"), tick(999), tick(1000)],
      [engaged(1000, "eavesdropperSuspected")],
    ],
    [
      "ignores a suspicion that passes at once",
      [pool(0, 5000), health(0, "eavesdropperSuspected"), health(999, null), tick(5000)],
      [],
    ],
    [
      "foresees within the horizon that the stock ends, and not before: 10 bit/s for 62 s above 100 bits",
      [
        pool(0, 5000),
        demand(0, 1),
        demand(3000, 600),
        pool(60_000, 721),
        tick(61_200),
        pool(61_400, 719),
        tick(62_400),
      ],
      [engaged(62_400, "poolExhausted")],
    ],
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
        health(0, "eavesdropperSuspected"),
        tick(1000),
        health(2000, null),
        health(6999, "eavesdropperSuspected"),
        health(7000, null),
        tick(11_999),
        tick(12_000),
      ],
      [engaged(1000, "eavesdropperSuspected"), cleared(12_000)],
    ],
    [
      "obeys the operator at once",
      [pool(0, 5000), operator(10, true), operator(20, false)],
      [engaged(10, "operator"), cleared(20)],
    ],
    [
      "is lifted at once with the operator's word, though a suspicion came and went meanwhile",
      [
        pool(0, 5000),
        operator(10, true),
        health(20, "eavesdropperSuspected"),
        tick(5000),
        health(6000, null),
        operator(20_000, false),
      ],
      [engaged(10, "operator"), cleared(20_000)],
    ],
    [
      "stays engaged when the operator lets go of a suspected link",
      [
        pool(0, 5000),
        operator(10, true),
        health(11, "eavesdropperSuspected"),
        operator(20, false),
        tick(99_000),
      ],
      [engaged(10, "operator")],
    ],
  ];
  it.each(table)("%s", (_name, inputs, events) => {
    expect(play(inputs).events).toEqual(events);
  });

  it("never engages on a link that flaps over much stock", () => {
    expect(play(hour(1e9, 10_000, (atMs) => atMs % 6000 !== 0)).events).toEqual([]);
  });

  it("serves a cut of an hour from a stock that lasts two", () => {
    expect(play(hour(7200 * 10_000, 10_000, () => false)).events).toEqual([]);
  });

  it("engages once on a cut, the horizon before the stock of half an hour ends", () => {
    const { events } = play(hour(1800 * 10_000, 10_000, (atMs) => atMs < 60_000));
    expect(events).toEqual([{ type: "fallbackEngaged", atMs: expect.any(Number), reason: "poolExhausted" }]);
    // 60 s to the cut, 1800 s of stock, 62 s ahead and a block's period of 2 s.
    expect(Math.abs((events[0]?.atMs ?? 0) - 1_796_000)).toBeLessThanOrEqual(4000);
  });

  it("engages at the cut when the stock is 10 s of the demand, and clears once it is foreseen to last", () => {
    const short = { ...policy, clearHoldMs: 30_000 };
    const lit = (atMs: number) => atMs < 600_000 || atMs >= 1_200_000;
    let [state, level] = [INITIAL_FALLBACK, 100_000];
    const events: ControllerEvent[] = [];
    for (let atMs = 0; atMs < 1_800_000; atMs += 2000) {
      level = Math.min(100_000, Math.max(0, level + (lit(atMs) ? 30_000 : 0) - 20_000));
      const inputs = [
        health(atMs, lit(atMs) ? null : "linkDown"),
        ...(lit(atMs) ? [block(atMs, 30_000)] : []),
        demand(atMs, 20_000),
        pool(atMs, level),
      ];
      for (const input of inputs) {
        const [next, published] = fallbackStep(state, input, short);
        state = next;
        events.push(...published);
      }
    }
    expect(events.map(({ type }) => type)).toEqual(["fallbackEngaged", "fallbackCleared"]);
    const [start = 0, end = 0] = events.map(({ atMs }) => atMs);
    expect(start - 600_000).toBeLessThanOrEqual(4000);
    expect(end - 1_200_000).toBeGreaterThanOrEqual(30_000);
    expect(end - 1_200_000).toBeLessThanOrEqual(60_000);
  });

  it("clears only once the stock lasts twice as long as it must to stay clear", () => {
    // 10 bit/s and no block: 62 s ahead take 620 bits, 124 s take 1240, above 100 bits.
    const day = (levelAfter: number) =>
      Array.from({ length: 120 }, (_, s) => [
        demand(1000 * s, 10),
        pool(1000 * s, s < 100 ? 5000 : s < 102 ? 600 : levelAfter),
      ]).flat();
    const down = [pool(0, 5000), health(0, "linkDown")];
    expect(play([...down, ...day(1330)]).events).toEqual([engaged(101_000, "poolExhausted")]);
    expect(play([...down, ...day(1350)]).events).toEqual([
      engaged(101_000, "poolExhausted"),
      cleared(107_000),
    ]);
  });

  it("counts on no block of a link that is down, nor on one before it is due", () => {
    const made = [block(0, 0), block(10_000, 1e6), demand(10_000, 50_000), pool(10_000, 20_000)];
    // 5 kbit/s drain 20 kbit within the 10 s to the next block, although 100 kbit/s come.
    expect(play([...made, tick(11_000)]).events).toEqual([engaged(11_000, "poolExhausted")]);
    const enough = [block(0, 0), block(10_000, 1e6), demand(10_000, 50_000), pool(10_000, 60_000)];
    expect(play([...enough, tick(11_000)]).events).toEqual([]);
    expect(play([...enough, health(10_000, "linkDown"), tick(11_000)]).events).toEqual([
      engaged(11_000, "poolExhausted"),
    ]);
  });

  it("names the present cause while it is engaged", () => {
    const { state } = play([
      pool(0, 5000),
      operator(0, true),
      tick(1000),
      health(1001, "eavesdropperSuspected"),
      operator(1002, false),
    ]);
    expect(state.reason).toBe("eavesdropperSuspected");
  });
});

describe("the operator's word", () => {
  it("is the reason that is told while it stands, whatever else is suspected", () => {
    const { state } = play([
      pool(0, 5000),
      operator(10, true),
      health(20, "eavesdropperSuspected"),
      tick(5000),
    ]);
    expect([state.engaged, state.reason]).toEqual([true, "operator"]);
  });
});
