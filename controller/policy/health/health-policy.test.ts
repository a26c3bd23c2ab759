import { describe, expect, it } from "vitest";
import { linkPreset } from "../../../physics/index.ts";
import type { ControllerEvent } from "../../events.ts";
import type { BlockReport } from "../../sources/distillation/block-report.ts";
import { type HealthInput, healthStep, INITIAL_HEALTH, isSuspect } from "./health-policy.ts";
import { DEFAULT_HEALTH_POLICY, type HealthPolicy } from "./health-settings.ts";
import { hold, NOT_HELD } from "./hysteresis.ts";
import { expectationOf } from "./link-expectation.ts";

const expected = expectationOf(linkPreset("t12").link);
const policy: HealthPolicy = { ...DEFAULT_HEALTH_POLICY, expected, demandBps: 1000, lowBits: 1000 };

function report(qber: number, secretBits: number): BlockReport {
  const zeros = [0, 0, 0, 0, 0, 0];
  return {
    sequence: 1,
    blockId: "",
    frames: 1,
    gates: 0n,
    detections: 0,
    siftedZ: 0,
    siftedX: 0,
    leakBits: 0,
    doubleClicks: 0,
    reconciliationEfficiency: 1,
    reconciliationEfficiencyBothWays: 1,
    singlePhotonBits: 0,
    phaseErrorRate: 0,
    secretBits,
    epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
    aborted: null,
    photocurrentNa: 0,
    photocurrentPeakNa: 0,
    load: [],
    ones: { z: 0, x: 0 },
    openedAtMs: 0,
    collectedAtMs: 0,
    qber: { z: qber, x: qber },
    counts: { sent: zeros, sifted: zeros, errors: zeros },
  };
}

/** Plays inputs and returns the last state and everything published. */
function play(inputs: readonly HealthInput[], from = INITIAL_HEALTH) {
  let state = from;
  const events: ControllerEvent[] = [];
  for (const input of inputs) {
    const [next, published] = healthStep(state, input, policy);
    state = next;
    events.push(...published);
  }
  return { state, events, types: events.map((event) => event.type) };
}

describe("hysteresis", () => {
  it("waits before it raises and before it clears, and forgets flickers", () => {
    let state = NOT_HELD;
    const at = (atMs: number, present: boolean) => {
      state = hold(state, present, atMs, 100, 1000);
      return Number(state.active);
    };
    const raising = [at(0, true), at(99, true), at(50, false), at(120, true), at(219, true), at(220, true)];
    expect(raising).toEqual([0, 0, 0, 0, 0, 1]);
    const clearing = [at(300, false), at(1299, false), at(1299, true), at(1300, false), at(2300, false)];
    expect(clearing).toEqual([1, 1, 1, 1, 0]);
  });
});

describe("health policy", () => {
  it("is up on good blocks", () => {
    const { state, types } = play([
      { type: "block", atMs: 0, report: report(0.02, 1e6) },
      { type: "pool", atMs: 1, availableBits: 5000 },
      { type: "tick", atMs: 30_000 },
    ]);
    expect([state.level, state.reason, types]).toEqual(["up", null, []]);
  });

  it("goes down on a high error rate at once, and up again after the clear time", () => {
    const bad = play([{ type: "block", atMs: 0, report: report(0.09, 0) }]);
    expect([bad.state.level, bad.state.reason]).toEqual(["down", "qberTooHigh"]);
    expect(bad.events).toEqual([{ type: "linkDegraded", atMs: 0, reason: "qberTooHigh" }]);
    const good = { type: "block", report: report(0.02, 1e6) } as const;
    const early = play(
      [
        { ...good, atMs: 1000 },
        { ...good, atMs: 15_999 },
      ],
      bad.state,
    );
    expect(early.state.level).toBe("down");
    const well = play([{ ...good, atMs: 16_000 }], early.state);
    expect(well.state.level).toBe("up");
    expect([early.events, well.events]).toEqual([[], [{ type: "linkRestored", atMs: 16_000 }]]);
    expect(play([{ ...good, atMs: 17_000 }], well.state).events).toEqual([]);
  });

  it.each([
    ["no light", { type: "detections", perS: expected.detectionsPerS * 0.05 }, "linkDown"],
    ["a lost transceiver", { type: "transceiver", state: "reconnecting" }, "linkDown"],
    ["a lost peer", { type: "peer", up: false }, "peerUnreachable"],
  ] as const)("goes down on %s once it lasts", (_name, input, reason) => {
    const { state } = play([
      { ...input, atMs: 0 },
      { type: "tick", atMs: 2999 },
    ]);
    expect(state.level).toBe("up");
    const { state: later, events } = play([{ type: "tick", atMs: 3000 }], state);
    expect([later.level, later.reason]).toEqual(["down", reason]);
    expect(events).toEqual([{ type: "linkDegraded", atMs: 3000, reason }]);
    // It is told as well again, and told anew if it comes back.
    const gone = {
      detections: { type: "detections", perS: expected.detectionsPerS },
      transceiver: { type: "transceiver", state: "online" },
      peer: { type: "peer", up: true },
    } as const;
    const back = play(
      [
        { ...gone[input.type], atMs: 4000 },
        { type: "tick", atMs: 30_000 },
      ],
      later,
    );
    expect(back.events).toEqual([{ type: "linkRestored", atMs: 30_000 }]);
    expect(
      play(
        [
          { ...input, atMs: 31_000 },
          { type: "tick", atMs: 34_000 },
        ],
        back.state,
      ).types,
    ).toEqual(["linkDegraded"]);
  });

  it("goes down at once when the gates told hold hardly any light, however few were told at a time", () => {
    const { clicksPerGate } = expected;
    const light = (atMs: number, clicks: number, share: number): HealthInput => ({
      type: "light",
      atMs,
      detections: Math.round(clicks * share),
      gates: clicks / clicksPerGate,
    });
    const { state, events } = play([light(0, 1000, 1), light(500, 30, 0), light(1000, 1, 0)]);
    expect([state.level, events]).toEqual(["up", []]);
    const cut = play([light(1500, 20, 0)], state);
    expect(cut.events).toEqual([{ type: "linkDegraded", atMs: 1500, reason: "linkDown" }]);
    // Frames that do not come tell nothing; light that does brings the link up after the clear time.
    const back = play([light(2000, 0, 0), light(3000, 1000, 0.11), light(17_999, 1000, 1)], cut.state);
    expect(back.state.level).toBe("down");
    expect(play([light(18_000, 1000, 1)], back.state).state.level).toBe("up");
  });

  it("stays down while one of two causes of darkness lasts", () => {
    const { state } = play([
      { type: "detections", atMs: 0, perS: 0 },
      { type: "transceiver", atMs: 1, state: "reconnecting" },
      { type: "tick", atMs: 4000 },
      { type: "transceiver", atMs: 5000, state: "online" },
      { type: "tick", atMs: 60_000 },
    ]);
    expect([state.level, state.reason]).toEqual(["down", "linkDown"]);
  });

  it("is degraded by too little key for the demand, measured over the whole window only", () => {
    const young = play([
      { type: "tick", atMs: 0 },
      { type: "tick", atMs: 59_999 },
    ]);
    expect(young.state.level).toBe("up");
    const old = play(
      [
        { type: "tick", atMs: 60_000 },
        { type: "tick", atMs: 63_000 },
      ],
      young.state,
    );
    expect([old.state.level, old.state.reason]).toEqual(["degraded", "keyRateTooLow"]);
    const fed = play(
      [
        { type: "block", atMs: 64_000, report: report(0.02, 60_000) },
        { type: "tick", atMs: 79_000 },
      ],
      old.state,
    );
    expect(fed.state.level).toBe("up");
  });

  it("is degraded by readings out of range, and names them", () => {
    const quantity = {
      name: "detectorTemperature",
      unit: "C",
      value: -10,
      ageMs: 0,
      source: "modbus",
    } as const;
    const health = { state: "online", qberPpm: null, droppedFrames: 0 } as const;
    const { events } = play([
      { type: "readings", atMs: 0, health: { ...health, quantities: [{ ...quantity, level: "invalid" }] } },
    ]);
    expect(events).toEqual([
      { type: "linkDegraded", atMs: 0, reason: "readings out of range: detectorTemperature" },
    ]);
  });

  it("reports a low pool once, and again only after it recovered", () => {
    const pool = (atMs: number, availableBits: number): HealthInput => ({
      type: "pool",
      atMs,
      availableBits,
    });
    const { types } = play([
      pool(0, 999),
      pool(1, 500),
      pool(2, 1100),
      pool(3, 900),
      pool(4, 1251),
      pool(5, 900),
    ]);
    expect(types).toEqual(["poolLow", "poolLow"]);
  });

  it("learns the photocurrent of clean blocks and suspects an eavesdropper when it jumps, once", () => {
    const lit = (atMs: number, photocurrentNa: number): HealthInput => ({
      type: "block",
      atMs,
      report: { ...report(0.02, 1e6), gates: 1000n, detections: 10, photocurrentNa },
    });
    const { state, events } = play([lit(0, 100), lit(1, 104), lit(2, 99), lit(3, 900), lit(4, 900)]);
    expect(events).toMatchObject([
      {
        type: "eavesdropperSuspected",
        indicator: "photocurrent",
        evidence: expect.stringContaining("900.0 nA"),
      },
      { type: "linkDegraded", reason: "eavesdropperSuspected" },
    ]);
    expect(state.reason).toBe("eavesdropperSuspected");
  });
});

describe("the error rates of a block", () => {
  it.each([
    [0.081, 0.02],
    [0.02, 0.081],
  ])("count by the worse basis: %d in Z, %d in X", (z, x) => {
    const { state } = play([{ type: "block", atMs: 0, report: { ...report(0, 0), qber: { z, x } } }]);
    expect([state.level, state.reason]).toEqual(["down", "qberTooHigh"]);
  });
});

describe("the key rate", () => {
  it("counts blocks that became key, of the last minute, and keeps no others", () => {
    const lost: BlockReport = { ...report(0.02, 1e9), aborted: "leakAboveMaximum" };
    const { state } = play([
      { type: "block", atMs: 0, report: report(0.02, 1e9) },
      ...Array.from({ length: 100 }, (_, index): HealthInput => {
        return { type: "block", atMs: 1000 * (index + 1), report: lost };
      }),
    ]);
    expect([state.level, state.reason]).toEqual(["degraded", "keyRateTooLow"]);
    expect(state.secretBits.length).toBeLessThanOrEqual(60);
  });
});

describe("the charge of a click", () => {
  const of = (current: number, change: Partial<BlockReport> = {}): HealthInput => ({
    type: "block",
    atMs: 0,
    report: { ...report(0.02, 1e6), gates: 1000n, detections: 10, photocurrentNa: current, ...change },
  });
  const learned = (...inputs: HealthInput[]) => play(inputs).state.chargePerClick;

  it("is learned slowly from clean blocks with light", () => {
    expect(learned(of(100))).toBe(10_000);
    expect(learned(of(100), of(110))).toBeCloseTo(10_100, 6);
  });

  it("is not learned from a suspected block, nor in the dark, nor without a reading", () => {
    expect(learned(of(100), of(900))).toBe(10_000);
    const dark = { gates: 1_000_000_000n, detections: Math.floor(0.25e9 * expected.clicksPerGate) };
    expect(learned(of(100), of(15, dark))).toBe(10_000);
    expect(learned(of(100), of(0))).toBe(10_000);
  });
});

describe("what must not become key", () => {
  const clean = { ...report(0.02, 1e6), gates: 1000n, detections: 10, photocurrentNa: 100 };

  it("is a block that points at an eavesdropper", () => {
    const { state } = play([{ type: "block", atMs: 0, report: clean }]);
    expect(isSuspect(state, clean, policy)).toBe(false);
    expect(isSuspect(state, { ...clean, photocurrentNa: 900 }, policy)).toBe(true);
  });
});

describe("the output monitor", () => {
  const power = (name: string, value: number, ageMs = 0) =>
    ({ name, unit: "dBm", value, level: "ok", ageMs, source: "modbus" }) as const;
  const readings = (atMs: number, monitor: number, laser = -60, ages: readonly number[] = [0, 0]) =>
    ({
      type: "readings",
      atMs,
      health: {
        state: "online",
        qberPpm: null,
        droppedFrames: 0,
        quantities: [power("monitorPowerDbm", monitor, ages[0]), power("laserPowerDbm", laser, ages[1])],
      },
    }) as const;
  const usual = readings(0, -70);

  it("tells light from the line once, takes the link down, and forgets it after the clear time", () => {
    const lit = play([usual, readings(1000, -68.9), readings(2000, -68.9)]);
    expect(lit.events).toMatchObject([
      { type: "eavesdropperSuspected", atMs: 1000, indicator: "trojanLight", attack: "trojanHorse" },
      { type: "linkDegraded", atMs: 1000, reason: "eavesdropperSuspected" },
    ]);
    expect(lit.state.level).toBe("down");
    const dark = play([readings(3000, -70), readings(17_999, -70)], lit.state);
    expect(dark.state.level).toBe("down");
    expect(play([readings(18_000, -70)], dark.state).state.level).toBe("up");
  });

  it("does not come to take light from the line for its own", () => {
    const long = Array.from({ length: 200 }, (_, index) => readings(1000 + 1000 * index, -68));
    expect(play([usual, ...long]).state.output.indicator).not.toBeNull();
  });

  it.each([
    ["a rise within a decibel", readings(1000, -69.1)],
    ["a laser that was turned up with it", readings(1000, -60, -50)],
    ["two readings of different moments", readings(1000, -60, -60, [0, 251])],
    ["readings of more than five seconds ago", readings(1000, -60, -60, [5001, 5001])],
  ])("tells nothing of %s", (_name, input) => {
    expect(play([usual, input]).types).toEqual([]);
  });

  it("keeps blocks from becoming key whose frames may have been lit, and no others", () => {
    const { state } = play([usual, readings(100_000, -60), readings(101_000, -70)]);
    const opened = (openedAtMs: number) => isSuspect(state, { ...report(0.02, 1e6), openedAtMs }, policy);
    expect([opened(110_000), opened(110_001), opened(90_000)]).toEqual([true, false, true]);
    expect(isSuspect(INITIAL_HEALTH, report(0.02, 1e6), policy)).toBe(false);
  });
});
