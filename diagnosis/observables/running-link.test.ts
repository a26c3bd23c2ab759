import { describe, expect, it } from "vitest";
import {
  addCounts,
  cellOf,
  type EndCounts,
  type LinkTally,
  lookAtOneEnd,
  lookAtSifted,
  NO_COUNTS,
  type SiftedCounts,
} from "../index.ts";
import { bobsZOf, joinSifted } from "./look-at-sifted.ts";
import { lookAtTallies } from "./look-at-tallies.ts";

const CLOCK_HZ = 1e9;
const SENT = [6.3e7, 0.7e7, 0.7e7, 2.1e7, 0.25e7, 0.25e7];
const GAINS = [8e-3, 2e-3, 2e-5];
const BOBS_Z = 0.8;
/** Detector 0 clicks in this share, a share of the bits is wrong. */
const [ZERO_SHARE, WRONG] = [0.55, 0.04];

/** The same frames as whoever holds both halves counts them. */
const TALLY: LinkTally = (() => {
  const cells = Array<number>(48).fill(0);
  for (const s of [0, 1])
    for (const k of [0, 1, 2])
      for (const t of [0, 1])
        for (const x of [0, 1])
          for (const y of [0, 1]) {
            const clicks = (SENT[3 * s + k] ?? 0) * (GAINS[k] ?? 0) * (t === 0 ? BOBS_Z : 1 - BOBS_Z);
            const right = s === t ? (x === y ? 1 - WRONG : WRONG) : 0.5;
            cells[cellOf(s, k, x, t, y)] = clicks * right * (y === 0 ? ZERO_SHARE : 1 - ZERO_SHARE);
          }
  const detections = cells.reduce((sum, cell) => sum + cell, 0);
  return {
    gates: 1e8,
    detections,
    deadGates: 7 * detections,
    clicks: [ZERO_SHARE * detections, (1 - ZERO_SHARE) * detections],
    doubleClicks: 0,
    photocurrentNa: 400,
    sent: SENT,
    cells,
  };
})();

/** And as two sites count them once they are sifted. */
const SIFTED: SiftedCounts = (() => {
  const of = (when: (x: number, y: number) => boolean) =>
    [0, 1].flatMap((s) =>
      [0, 1, 2].map((k) =>
        [0, 1].reduce(
          (sum, x) =>
            sum +
            [0, 1].reduce(
              (more, y) => more + (when(x, y) ? (TALLY.cells[cellOf(s, k, x, s, y)] ?? 0) : 0),
              0,
            ),
          0,
        ),
      ),
    );
  const ones = of((x) => x === 1);
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  return {
    gates: TALLY.gates,
    detections: TALLY.detections,
    sent: SENT,
    sifted: of(() => true),
    errors: of((x, y) => x !== y),
    doubleClicks: 0,
    photocurrentNa: 400,
    ones: [sum(ones.slice(0, 3)), sum(ones.slice(3))],
  };
})();

describe("blocks of a running link", () => {
  it("show what frames show to whoever holds both halves, on the same scale", () => {
    const [running, whole] = [lookAtSifted([SIFTED], CLOCK_HZ), lookAtTallies([TALLY], CLOCK_HZ)];
    for (const name of [
      "signalGain",
      "decoyRatio",
      "vacuumGain",
      "qberZ",
      "qberX",
      "doubleClicks",
      "zeroShare",
      "chargePerClick",
    ] as const) {
      expect(running[name]?.value, name).toBeCloseTo(whole[name]?.value ?? Number.NaN, 2);
      expect(running[name]?.u, name).toBeGreaterThan(0);
    }
    expect(bobsZOf(SIFTED)).toBeCloseTo(BOBS_Z, 9);
  });

  it("do not tell bits of different bases, nor which detector clicked without light", () => {
    expect(Object.keys(lookAtSifted([SIFTED], CLOCK_HZ))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/mismatched|vacuumZero/)]),
    );
  });

  it("tell nothing where a basis is missing, or nobody told a count", () => {
    const empty = { ...SIFTED, sifted: [0, 0, 0, 0, 0, 0], errors: [0, 0, 0, 0, 0, 0], detections: 0 };
    expect(lookAtSifted([empty], CLOCK_HZ)).toEqual({ doubleClicks: expect.anything() });
    const noX = {
      ...SIFTED,
      sent: [...SENT.slice(0, 3), 0, 0, 0],
      sifted: [...SIFTED.sifted.slice(0, 3), 0, 0, 0],
    };
    expect(lookAtSifted([noX], CLOCK_HZ).signalGain).toBeUndefined();
    const untold = { ...SIFTED, doubleClicks: null, photocurrentNa: null, ones: null };
    const look = lookAtSifted([SIFTED, untold], CLOCK_HZ);
    for (const name of ["doubleClicks", "chargePerClick", "zeroShare"] as const)
      expect(look[name]).toBeUndefined();
    expect(look.signalGain).toBeDefined();
    expect(lookAtSifted([], CLOCK_HZ)).toEqual({});
  });

  it("are restless only where eight of them differ by more than chance", () => {
    const worse = { ...SIFTED, errors: SIFTED.errors.map((count) => 3 * count) };
    const many = (blocks: readonly SiftedCounts[]) => lookAtSifted(blocks, CLOCK_HZ).errorScatter?.value;
    expect(many(Array(7).fill(SIFTED))).toBeUndefined();
    expect(many(Array(8).fill(SIFTED))).toBe(0);
    expect(many([...Array(4).fill(SIFTED), ...Array(4).fill(worse)])).toBeGreaterThan(0.03);
  });

  it("add up, and their current is the mean over the gates", () => {
    const both = joinSifted([SIFTED, { ...SIFTED, gates: 3e8, photocurrentNa: 800 }]);
    expect(both.photocurrentNa).toBe(700);
    expect(both.sifted[0]).toBe(2 * (SIFTED.sifted[0] ?? 0));
  });
});

describe("heads of one end's frames", () => {
  const receiver = {
    deadGates: TALLY.deadGates,
    clicks: TALLY.clicks,
    doubleClicks: 0,
    photocurrentNa: 400,
  };
  const counts: EndCounts = { gates: TALLY.gates, detections: TALLY.detections, receiver };

  it("show at the receiver what it counts of itself, as both halves show it", () => {
    const [one, whole] = [lookAtOneEnd([counts], CLOCK_HZ), lookAtTallies([TALLY], CLOCK_HZ)];
    for (const name of ["doubleClicks", "zeroShare", "chargePerClick", "deadGatesPerClick"] as const)
      expect(one[name]?.value, name).toBeCloseTo(whole[name]?.value ?? Number.NaN, 4);
    expect(Object.keys(one)).toHaveLength(4);
  });

  it("show at the transmitter nothing but how restless the clicks are, from eight slices on", () => {
    const alice = { ...counts, receiver: null };
    expect(lookAtOneEnd([alice], CLOCK_HZ)).toEqual({});
    expect(lookAtOneEnd(Array(8).fill(alice), CLOCK_HZ).clickScatter?.value).toBe(0);
    const swinging = Array.from({ length: 8 }, (_, at) => ({
      ...alice,
      gates: alice.gates * (1 + (at % 2)),
    }));
    expect(lookAtOneEnd(swinging, CLOCK_HZ).clickScatter?.value).toBeGreaterThan(0.3);
    // A slice in which nothing came is no rate.
    expect(lookAtOneEnd([...Array(8).fill(alice), NO_COUNTS], CLOCK_HZ).clickScatter?.value).toBe(0);
  });

  it("add up, one frame after the other", () => {
    const sum = [counts, counts].reduce(addCounts, NO_COUNTS);
    expect(sum).toMatchObject({ gates: 2e8, receiver: { photocurrentNa: 400 } });
    expect(sum.receiver?.clicks[0]).toBe(2 * TALLY.clicks[0]);
  });

  it("take half of the double clicks for zeros", () => {
    const drawn = { ...counts, receiver: { ...receiver, clicks: [600, 400] as const, doubleClicks: 200 } };
    expect(lookAtOneEnd([drawn], CLOCK_HZ).zeroShare?.value).toBeCloseTo(500 / 800, 9);
  });
});
