import { describe, expect, it } from "vitest";
import { LINK_PRESETS } from "../physics/index.ts";
import type { Baseline } from "./baseline/baseline.ts";
import type { CauseDeclaration } from "./causes/cause.ts";
import { CAUSES, type CauseName } from "./causes/causes.ts";
import { type Explanation, explain } from "./explain.ts";
import { asBuilt, type Condition } from "./model/condition.ts";
import { expectationOf } from "./model/expectation.ts";
import { type Look, OBSERVABLE_NAMES, type ObservableName } from "./observables/observables.ts";

const LINK = { ...LINK_PRESETS.yuan2018.link, channelLossDb: 8 };

/** A look that shows exactly what a condition foretells, counted so well that only the link's own drift is uncertain. */
function lookOf(condition: Condition, leaveOut: readonly ObservableName[] = []): Look {
  const expected = expectationOf(condition);
  const seen = OBSERVABLE_NAMES.filter((name) => !leaveOut.includes(name));
  return Object.fromEntries(seen.map((name) => [name, { value: expected[name], u: 1e-4 }]));
}

const baseline: Baseline = { link: LINK, look: lookOf(asBuilt(LINK)), scatter: {}, independentLooks: 3 };

const brought = (name: CauseName, severity: readonly number[]): Condition =>
  CAUSES[name].brings(asBuilt(LINK), severity);

/** A severity that nobody would overlook. */
const CLEAR: Readonly<Record<CauseName, readonly number[]>> = {
  healthy: [0],
  sharedFibreLoss: [2.5],
  quantumPathLoss: [2.5],
  sway: [2.5],
  weakLaser: [2],
  attenuatorOff: [2],
  modulatorBias: [1.5],
  visibilityLoss: [0.06],
  phaseOffset: [-0.4],
  phaseTracking: [0.4, 0.1],
  syncSlip: [0.2, 0],
  warmDetector: [15, 10, 1],
  noisyDetector: [8, 1],
  lightUnmetered: [6],
  ramanMetered: [8, 3, 0],
  detectorBias: [-0.8, 1],
  saturation: [0.6, 1],
  detectorUnequal: [0.4, 1],
  gateDelay: [70, 10],
  afterpulse: [3],
  interceptResend: [0.5, 0.9],
  pns: [0.7],
  blinding: [0.8, 9],
  trojan: [15],
  patternEffect: [0.25],
  deadTime: [40],
  timingJitter: [80, 0.03],
  dispersion: [90],
};

/** What counts and readings cannot tell apart: the likelier of the two stands first, the other second. */
const HIDDEN: Readonly<Partial<Record<CauseName, CauseName>>> = {
  dispersion: "quantumPathLoss",
};

describe("what a link shows under each cause", () => {
  it.each(Object.keys(CAUSES) as CauseName[])("names %s first where it is plain", (name) => {
    const indicators = CAUSES[name].kind === "attack" ? ["any"] : [];
    const { causes, answer } = explain(baseline, lookOf(brought(name, CLEAR[name])), { indicators });
    const likeliest = HIDDEN[name] ?? name;
    expect(causes[0]?.cause).toBe(likeliest);
    expect(answer).toBe(likeliest);
    expect(causes.slice(0, 3).map(({ cause }) => cause)).toContain(name);
    if (name !== "healthy") expect(causes[0]?.for.length).toBeGreaterThan(0);
    expect(causes[0]?.against).toEqual([]);
  });

  it("says how severe it is, and what to do next", () => {
    const { causes, next } = explain(baseline, lookOf(brought("sharedFibreLoss", [2.5])));
    expect(causes[0]?.severity).toMatch(/^2\.[3-7] dB more loss/);
    expect(next).toBe(CAUSES.sharedFibreLoss.next);
  });

  it("adds up to one with what is not in the list", () => {
    const { causes, noneOfThese } = explain(baseline, lookOf(brought("visibilityLoss", [0.03])));
    const sum = causes.reduce((total, { probability }) => total + probability, noneOfThese);
    expect(sum).toBeCloseTo(1, 9);
  });
});

describe("an attack", () => {
  const attacked = lookOf(brought("interceptResend", CLEAR.interceptResend));

  it("does not stand first unless a health indicator confirms it, be it ever so likely", () => {
    const { causes, answer, doubts } = explain(baseline, attacked);
    expect(CAUSES[causes[0]!.cause].kind).not.toBe("attack");
    expect(causes[1]).toMatchObject({ cause: "interceptResend" });
    expect(causes[1]!.probability).toBeGreaterThan(0.99);
    expect(answer).toBe("not sure");
    expect(doubts).toContain("attackUnconfirmed");
  });

  it("does not stand first with an indicator either, where it is only likely", () => {
    const slight = lookOf(brought("pns", [0.14]));
    const { causes } = explain(baseline, slight, { indicators: ["decoyRatio"] });
    const pns = causes.find(({ cause }) => cause === "pns")!;
    expect(pns.probability).toBeGreaterThan(0.2);
    expect(pns.probability).toBeLessThan(0.99);
    expect(CAUSES[causes[0]!.cause].kind).not.toBe("attack");
  });

  it("leaves no link healthy of which an indicator is raised", () => {
    const { answer, doubts } = explain(baseline, baseline.look, { indicators: ["decoyRatio"] });
    expect(answer).toBe("not sure");
    expect(doubts).toEqual(["indicatorRaised"]);
    expect(explain(baseline, baseline.look).answer).toBe("healthy");
  });

  it("that measures both bases alike is told from a worn interferometer by a further test, which is named", () => {
    const alike = lookOf(brought("interceptResend", [0.15, 0.5]));
    const { causes, next } = explain(baseline, alike, { indicators: ["qberZ"] });
    expect(causes[0]?.cause).toBe("visibilityLoss");
    expect(next).toMatch(/scan the phase|calibrate phase/);
  });
});

describe("doubt", () => {
  it("is told where nothing in the list explains what changed", () => {
    const odd: Look = {
      ...baseline.look,
      qberZ: { value: baseline.look.qberZ!.value + 0.03, u: 1e-4 },
      laserDb: { value: 0.8, u: 1e-4 },
      clickScatter: { value: 0.3, u: 1e-4 },
      modulatorV: { value: 0.9, u: 1e-4 },
      detectorC: { value: -9, u: 1e-4 },
    };
    const { answer, doubts, changes } = explain(baseline, odd);
    expect(answer).toBe("not sure");
    expect(doubts).toContain("misfit");
    expect(changes.map(({ observable }) => observable)).toEqual(
      expect.arrayContaining(["qberZ", "laserDb", "clickScatter", "detectorC"]),
    );
  });

  it("names two causes that together explain what none does alone", () => {
    const both = CAUSES.phaseOffset.brings(brought("sharedFibreLoss", [2.5]), [0.4]);
    const { pair, answer }: Explanation = explain(baseline, lookOf(both));
    expect(answer).toBe("not sure");
    expect([...(pair?.causes ?? [])].sort()).toEqual(["phaseOffset", "sharedFibreLoss"]);
  });

  it("grows where instruments are missing: without classical power a loss may lie anywhere", () => {
    const leaveOut = ["classicalDb", "litChannels"] as const;
    const dim = lookOf(brought("sharedFibreLoss", [2.5]), leaveOut);
    const { causes, next } = explain(baseline, dim);
    const [first, second] = causes;
    expect([first?.cause, second?.cause].sort()).toEqual(["quantumPathLoss", "sharedFibreLoss"]);
    expect(second!.probability).toBeGreaterThan(0.1);
    expect(next.length).toBeGreaterThan(20);
  });

  it("does not call channels brighter that nobody meters", () => {
    const lit = lookOf(brought("lightUnmetered", [6]), ["classicalDb", "litChannels"]);
    const raman = explain(baseline, lit).causes.find(({ cause }) => cause === "ramanMetered");
    expect(raman).toBeUndefined();
  });
});

describe("a baseline", () => {
  const dim = lookOf(brought("sharedFibreLoss", [0.7]));
  const restless = (scatter: number, independentLooks: number): Baseline => ({
    ...baseline,
    scatter: Object.fromEntries(OBSERVABLE_NAMES.map((name) => [name, scatter])),
    independentLooks,
  });

  it("whose own looks scattered much finds a change usual that another finds plain", () => {
    const healthy = (of: Baseline) =>
      explain(of, dim).causes.find(({ cause }) => cause === "healthy")!.probability;
    expect(healthy(baseline)).toBeLessThan(0.05);
    expect(healthy(restless(0.1 ** 2, 200))).toBeGreaterThan(healthy(baseline) * 3);
  });

  it("of few looks hardly moves what is assumed of every link", () => {
    const few = explain(restless(0, 2), dim).causes[0]!;
    expect(few.cause).toBe("sharedFibreLoss");
  });

  it("that is none is refused", () => {
    const refused = expect.objectContaining({ code: "QKD_CONFIG_INVALID" });
    expect(() => explain({} as Baseline, dim)).toThrow(refused);
    expect(() => explain(baseline, null as unknown as Look)).toThrow(refused);
  });
});

it("every cause says what it is and what to do, and its severities are all those of one kind", () => {
  for (const declaration of Object.values<CauseDeclaration>(CAUSES)) {
    expect(declaration.title).not.toBe("");
    expect(declaration.next.length).toBeGreaterThan(20);
    expect(declaration.severities.length).toBeGreaterThan(0);
    const lengths = new Set(declaration.severities.map((point) => point.length));
    expect(lengths.size).toBe(1);
  }
});
