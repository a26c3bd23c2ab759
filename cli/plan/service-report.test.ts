import { describe, expect, it } from "vitest";
import type { LinkPlan } from "../../commissioning/index.ts";
import { dependableRate, withMoreLoss } from "./dependable-rate.ts";
import { fibreAtBandOf, plannedFibre } from "./fibre-link.ts";
import { plannedLink } from "./plan-options.ts";
import { planReport } from "./plan-report.ts";
import { plannedService } from "./service-options.ts";
import { type Service, serviceReport } from "./service-report.ts";

const link = (lossDb: number, more: object = {}) =>
  plannedLink({ preset: "installed-metro", lossDb, ...more });
const service = (more: Partial<Service> = {}): Service => ({
  ageing: { dbPerYear: 0, years: 10, repairsDb: 0 },
  demandBps: 0,
  stockBits: 1e6,
  tunnels: null,
  ...more,
});
const report = (lossDb: number, more: Partial<Service> = {}) =>
  serviceReport(link(lossDb), service(more), []);

describe("a dependable rate", () => {
  it.each([0, 5, 10, 15, 18])("is below what the model gives, at %d dB", (lossDb) => {
    const bothBases = { blockBits: 1e7, aliceZProbability: 0.5, bobZProbability: 0.5 };
    for (const flags of [
      {},
      { bound: "composable" as const },
      { blockBits: 1e6 },
      { availability: 0.5 },
      bothBases,
    ]) {
      const planned = link(lossDb, flags);
      const { finite, controller } = planReport(planned).secretKeyRateBps;
      const { rateBps } = dependableRate(planned);
      expect(rateBps).toBeLessThanOrEqual(0.9 * planned.availability * Math.min(finite, controller));
      if (!("blockBits" in flags))
        expect(rateBps).toBeGreaterThan(0.8 * planned.availability * Math.min(finite, controller));
    }
  });

  it("is none where a block is all tail, and where nothing is detected", () => {
    expect(dependableRate(link(60)).rateBps).toBe(0);
    expect(dependableRate(withMoreLoss(link(150), 150)).rateBps).toBe(0);
  });

  it("does not take joints and age for longer fibre", () =>
    expect(withMoreLoss(link(10), 3).fibreKm).toBe(50));
});

describe("what a link serves", () => {
  it.each([0, 8, 12, 17])("never promises tunnels more key than it gives, at %d dB", (lossDb) => {
    for (const demandBps of [0, 10_000]) {
      const { tunnelsAtRekey, dependableBps } = report(lossDb, { demandBps });
      for (const { rekeyS, tunnels } of tunnelsAtRekey) {
        const takenBps = (tunnels * 256) / rekeyS;
        expect(2 * takenBps + (tunnels > 0 ? demandBps : 0)).toBeLessThanOrEqual(dependableBps.endOfLife);
        const oneMore = ((tunnels + 1) * 256) / rekeyS;
        expect(2 * oneMore + demandBps).toBeGreaterThan(dependableBps.endOfLife);
      }
    }
  });

  it("says the shortest interval that it gives so many tunnels, which is met, and one second less is not", () => {
    const { tunnelsAsked } = report(12, { tunnels: { count: 50_000, rekeyS: 5 } });
    const shortest = tunnelsAsked?.shortestRekeyS ?? 0;
    expect(tunnelsAsked?.met).toBe(false);
    expect(shortest).toBeGreaterThan(5);
    const met = (rekeyS: number) => report(12, { tunnels: { count: 50_000, rekeyS } });
    expect([met(shortest).tunnelsAsked?.met, met(shortest).demandMet]).toEqual([true, true]);
    expect([met(shortest - 1).tunnelsAsked?.met, met(shortest - 1).demandMet]).toEqual([false, false]);
  });

  it("gives no tunnel an interval below five seconds, and none any where no key is free", () => {
    expect(report(5, { tunnels: { count: 1, rekeyS: 60 } }).tunnelsAsked?.shortestRekeyS).toBe(5);
    const none = report(12, { demandBps: 1e9, tunnels: { count: 1, rekeyS: 60 } });
    expect(none.tunnelsAsked).toEqual({ count: 1, rekeyS: 60, shortestRekeyS: null, met: false });
    expect(none.tunnelsAtRekey.every(({ tunnels }) => tunnels === 0)).toBe(true);
  });

  it("counts whole keys a minute", () => {
    const { keysPerMinute, dependableBps } = report(10);
    expect(keysPerMinute.today).toBe(Math.floor((dependableBps.today * 60) / 256));
  });

  it("promises for the end of life", () => {
    const ageing = { dbPerYear: 0.1, years: 20, repairsDb: 1 };
    const { lossDb, dependableBps, marginDb, yearsOfMargin } = report(10, { ageing, demandBps: 1000 });
    expect(lossDb).toMatchObject({ today: 10, endOfLife: 13 });
    expect(dependableBps.endOfLife).toBeLessThan(dependableBps.today);
    expect(dependableBps.endOfLife).toBe(dependableRate(withMoreLoss(link(10), 3)).rateBps);
    expect(marginDb.today).toBeCloseTo((marginDb.endOfLife ?? 0) + 3, 9);
    expect(yearsOfMargin).toBeCloseTo(((marginDb.today ?? 0) - 1) / 0.1, 9);
  });

  it.each([0, 5000, 200_000])("finds the most loss for %d b/s, where it is still met", (demandBps) => {
    const most = report(10, { demandBps }).lossDb.most ?? Number.NaN;
    expect(dependableRate(link(most)).rateBps).toBeGreaterThanOrEqual(demandBps);
    expect(dependableRate(withMoreLoss(link(10), most - 10)).rateBps).toBeGreaterThan(0);
    expect(dependableRate(withMoreLoss(link(10), most - 10 + 0.02)).rateBps).toBeLessThanOrEqual(demandBps);
  });

  it("finds it with the noise of lit channels, which more loss leaves as it is", () => {
    const lit: LinkPlan = {
      preset: "installed-metro",
      fibre: { spans: [{ name: "S", lengthKm: 40 }] },
      channels: [{ name: "c", wavelengthNm: 1551.72, direction: "backward", launchDbm: -5 }],
    };
    const planned = plannedLink({}, lit);
    const most = serviceReport(planned, service({ demandBps: 5000 }), []).lossDb.most ?? Number.NaN;
    const rateAt = (lossDb: number) => dependableRate(withMoreLoss(planned, lossDb - 8)).rateBps;
    expect(rateAt(most)).toBeGreaterThanOrEqual(5000);
    expect(rateAt(most + 0.02)).toBeLessThan(5000);
    expect(most).toBeLessThan(report(8, { demandBps: 5000 }).lossDb.most ?? 0);
  });

  it("has a margin below nothing where the demand is not met, and none where it is met at no loss", () => {
    const short = report(15, { demandBps: 500_000 });
    expect(short.demandMet).toBe(false);
    expect(short.marginDb.today).toBeLessThan(0);
    expect(short.yearsOfMargin).toBeNull();
    expect(report(15, { demandBps: 1e9 }).lossDb.most).toBeNull();
  });

  it("says how long the stock lasts, and how long it takes to fill", () => {
    const { stock, dependableBps, blockS } = report(10, {
      demandBps: 1000,
      stockBits: 6e6,
      tunnels: { count: 100, rekeyS: 25.6 },
    });
    expect(stock.minutesOnCut).toBeCloseTo(50, 9);
    expect(stock.fillMinutes).toBeCloseTo(6e6 / (dependableBps.endOfLife - 2000) / 60, 9);
    expect(stock.bridgeBits).toBeCloseTo(2000 * blockS, 6);
    expect(report(10).stock.minutesOnCut).toBeNull();
    expect(report(15, { demandBps: 1e6 }).stock.fillMinutes).toBeNull();
  });
});

describe("what is asked of a link", () => {
  it("is the plan's, and the flags' before it", () => {
    const plan: LinkPlan = {
      demandBps: 5,
      stockBits: 7,
      ageing: { years: 3 },
      tunnels: { count: 9, rekeyS: 60 },
    };
    expect(plannedService({ stockBits: 8, rekeyS: 30 }, plan)).toEqual({
      ageing: { dbPerYear: 0, years: 3, repairsDb: 0 },
      demandBps: 5,
      stockBits: 8,
      tunnels: { count: 9, rekeyS: 30 },
    });
    expect(plannedService({}, null).tunnels).toBeNull();
  });

  it.each([
    [{ tunnels: 5 }, "--tunnels and --rekey-s need each other"],
    [{ tunnels: 1.5, rekeyS: 60 }, "--tunnels is 1.5"],
    [{ tunnels: 5, rekeyS: 4 }, "--rekey-s is 4"],
    [{ demandBps: -1 }, "--demand-bps is -1"],
    [{ stockBits: -1 }, "--stock-bits is -1"],
    [{ years: 101 }, "--years is 101"],
    [{ repairsDb: 101 }, "--repairs-db is 101"],
    [{ ageingDbPerYear: 11 }, "--ageing-db-per-year is 11"],
  ])("is refused where it is %j", (flags, sentence) =>
    expect(() => plannedService(flags, null)).toThrow(sentence),
  );
});

describe("a planned fibre", () => {
  const plan: LinkPlan = {
    preset: "mu-oband",
    fibre: {
      spans: [
        { name: "A", lengthKm: 10, dbPerKm: 0.4 },
        { name: "B", lengthKm: 5, lossDb: 2 },
        { name: "C", lengthKm: 2 },
      ],
      connectors: [{ name: "P", lossDb: 0.3 }, { name: "Q" }],
    },
  };

  it("loses what its parts lose at the preset's wavelength, and says what nobody measured", () => {
    const { lossDb, fibreKm, parts } = plannedFibre(plan);
    expect(lossDb).toBeCloseTo(4 + 2 + 2 * 0.35 + 0.3 + 0.375, 9);
    expect(fibreKm).toBe(17);
    expect(parts.filter(({ assumed }) => assumed).map(({ name }) => name)).toEqual(["C", "Q"]);
  });

  it("is estimated at another wavelength by its length, joints as they are", () =>
    expect(fibreAtBandOf(plan, "t12").lossDb).toBeCloseTo(17 * 0.2 + 0.3 + 0.375, 9));

  it("may have no length", () =>
    expect(plannedFibre({ fibre: { spans: [{ name: "A", lengthKm: 0, lossDb: 3 }] } })).toMatchObject({
      lossDb: 3,
      dbPerKm: 0.2,
    }));
});
