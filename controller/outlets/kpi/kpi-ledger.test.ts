import { describe, expect, it } from "vitest";
import { AVAILABLE, type Availability, availabilityStep } from "./availability.ts";
import { BINS, EMPTY_LEDGER, type KpiLedger, ledgerBins, ledgerStep } from "./kpi-ledger.ts";
import { kpiLine, ledgerOfLines } from "./kpi-lines.ts";
import type { Second, SecondClass } from "./second.ts";

const DAY = Date.UTC(2026, 10, 30);
const CLEAN: Second = {
  atMs: DAY,
  down: null,
  framesLost: 0,
  silent: false,
  noKey: false,
  fallback: false,
  qberOver: false,
  qberBad: false,
  lossDb: 7,
  blocks: [],
  alarms: {},
};
const play = (seconds: readonly Partial<Second>[], from: KpiLedger = EMPTY_LEDGER, atMs = DAY) =>
  seconds.reduce(
    (ledger, second, index) => ledgerStep(ledger, { ...CLEAN, atMs: atMs + 1000 * index, ...second }),
    from,
  );
const times = (count: number, second: Partial<Second> = {}) => Array<Partial<Second>>(count).fill(second);
const last = (ledger: KpiLedger) => {
  const bin = ledgerBins(ledger, "quarter").at(-1);
  if (bin === undefined) throw new Error("no bin");
  return bin;
};

describe("a bin", () => {
  it("counts bits, weighs error rates by sifted bits, and keeps the largest", () => {
    const block = { secretBits: 1000, siftedZ: 300, siftedX: 100, qberZ: 0.02, qberX: 0.03 };
    const bin = last(play([{ blocks: [block, { ...block, siftedZ: 100, qberZ: 0.04 }] }, {}, {}, {}]));
    expect(bin).toMatchObject({ secretBits: 2000, watchedS: 4, skrBps: 500 });
    expect(bin.qberZ.mean).toBeCloseTo(0.025, 12);
    expect(bin.qberZ.max).toBe(0.04);
  });

  it("has no error rate and no loss where none was read, and no zero in their place", () => {
    expect(last(play([{ lossDb: null }]))).toMatchObject({ lossDb: null, qberZ: { mean: null, max: null } });
    expect(last(play([{ lossDb: null }, { lossDb: 7 }])).lossDb).toBe(7);
  });

  it("tells seconds down by their reason, without key, in fallback, over the limit", () => {
    const bin = last(
      play([
        ...times(3, { down: "linkDown", noKey: true }),
        ...times(2, { fallback: true, qberOver: true }),
        {},
      ]),
    );
    expect(bin).toMatchObject({ uptimeS: 3, downS: { linkDown: 3 }, noKeyS: 3, fallbackS: 2, qberOverS: 2 });
  });

  it("keeps the weightiest level of an alarm of each group", () => {
    const bin = last(play([{ alarms: { light: "bad" } }, { alarms: { light: "warn", qber: "warn" } }]));
    expect(bin.alarms).toEqual({ light: { s: 2, level: "bad" }, qber: { s: 1, level: "warn" } });
  });
});

describe("errored, severely errored and unavailable seconds", () => {
  const count = (classes: readonly SecondClass[]) => {
    let state: Availability = AVAILABLE;
    const sum = { es: 0, ses: 0, uas: 0 };
    for (const second of classes) {
      const [next, counted] = availabilityStep(state, second);
      state = next;
      sum.es += counted.es;
      sum.ses += counted.ses;
      sum.uas += counted.uas;
    }
    return sum;
  };
  const severe = (length: number) => Array<SecondClass>(length).fill("severe");
  const clean = (length: number) => Array<SecondClass>(length).fill("clean");

  it("are counted as they come while the link is available", () => {
    expect(count(["clean", "errored", "severe", "clean"])).toEqual({ es: 2, ses: 1, uas: 0 });
  });

  it("turn unavailable with the tenth in a row, those ten included", () => {
    expect(count([...severe(9), "clean"])).toEqual({ es: 9, ses: 9, uas: 0 });
    expect(count([...severe(10), ...clean(9)])).toEqual({ es: 0, ses: 0, uas: 10 });
    expect(count(severe(25))).toEqual({ es: 0, ses: 0, uas: 25 });
  });

  it("turn available with ten others in a row, those ten included", () => {
    expect(count([...severe(10), ...clean(9), "errored"])).toEqual({ es: 1, ses: 0, uas: 10 });
    expect(count([...severe(10), ...clean(9), "severe"])).toEqual({ es: 0, ses: 0, uas: 20 });
  });

  it("follow from frames, errors and keys", () => {
    expect(
      last(
        play([
          { framesLost: 1 },
          { qberOver: true },
          { silent: true },
          { noKey: true },
          { qberBad: true },
          {},
        ]),
      ),
    ).toMatchObject({
      es: 5,
      ses: 3,
    });
  });
});

describe("the ledger", () => {
  it("begins bins at quarters of an hour and at midnight UTC", () => {
    const ledger = play(times(2), EMPTY_LEDGER, DAY + 15 * 60_000 - 1000);
    expect(ledger.quarter.map(({ startMs }) => startMs - DAY)).toEqual([0, 15 * 60_000]);
    expect(ledger.day.map(({ startMs, watchedS }) => [startMs, watchedS])).toEqual([[DAY, 2]]);
  });

  it("keeps 31 days of quarters and two years of days", () => {
    let ledger = EMPTY_LEDGER;
    for (let day = 0; day < 740; day += 1)
      for (let quarter = 0; quarter < 5; quarter += 1)
        ledger = ledgerStep(ledger, { ...CLEAN, atMs: DAY + day * 86_400_000 + quarter * 900_000 });
    expect([ledger.quarter.length, ledger.day.length]).toEqual([2976, 731]);
    expect(ledger.day[0]?.startMs).toBe(DAY + 9 * 86_400_000);
    expect([BINS.quarter.most * BINS.quarter.lengthMs, BINS.day.most]).toEqual([31 * 86_400_000, 731]);
  });

  it("finds the bin again when the clock was set back", () => {
    const ledger = play([{}], play([{}, { atMs: DAY + 3_600_000 }]));
    expect(ledger.quarter.map(({ startMs, watchedS }) => [startMs - DAY, watchedS])).toEqual([
      [0, 2],
      [3_600_000, 1],
    ]);
  });

  it("is what its lines say, the last of a bin counting, and passes over what is no line of it", () => {
    const ledger = play([{ blocks: [{ secretBits: 5, siftedZ: 1, siftedX: 1, qberZ: 0, qberX: 0 }] }, {}]);
    const [bin] = ledger.quarter;
    if (bin === undefined) throw new Error("no bin");
    const older = kpiLine("quarter", { ...bin, watchedS: 1 });
    const lines = [
      older,
      kpiLine("quarter", bin),
      "{",
      '{"v":1}',
      '{"v":2,"length":"quarter","bin":{}}',
      older.slice(0, 40),
      "",
    ];
    const read = ledgerOfLines(lines);
    expect(read.unread).toBe(4);
    expect(read.ledger.quarter).toEqual([bin]);
  });

  it("takes no bin whose figures are none", () => {
    const [bin] = play([{}]).quarter;
    const wrong = JSON.stringify({ v: 1, length: "quarter", bin: { ...bin, watchedS: "1" } });
    const negative = JSON.stringify({ v: 1, length: "quarter", bin: { ...bin, es: -1 } });
    expect(ledgerOfLines([wrong, negative])).toMatchObject({ unread: 2, ledger: { quarter: [] } });
  });
});
