import { describe, expect, it } from "vitest";
import { expectedCounts, finiteKeyLength, LINK_PRESETS, predictLink } from "../../../../physics/index.ts";
import { LeakLedger } from "../reconciliation/leak-ledger.ts";
import { type AgreedSettings, agreedSettings } from "../settings.ts";
import { BlockCounts } from "./block-counts.ts";
import { decideKey } from "./key-length.ts";

const { link } = LINK_PRESETS.yuan2018;
const settings = agreedSettings({
  link,
  blockBits: 1e7,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.5,
});

/** Mean counts of a block after so many gates. */
function countsOf(gates: number): BlockCounts {
  const mean = expectedCounts(link, gates, predictLink(link));
  const counts = new BlockCounts();
  counts.addSent(mean.sent.map(Math.round));
  for (const basis of [0, 1] as const) {
    const from = 3 * basis;
    counts.addSifted(basis, mean.sifted.slice(from, from + 3).map(Math.round));
    counts.addErrors(basis, mean.errors.slice(from, from + 3).map(Math.round));
  }
  return counts;
}

interface Case {
  readonly gates?: number;
  readonly leakShare?: number;
  readonly collisionBound?: number;
  readonly change?: Partial<AgreedSettings>;
}

function decide({ gates = 2.6e8, leakShare = 0.165, collisionBound = 1e-30, change = {} }: Case = {}) {
  const counts = countsOf(gates);
  const ledger = new LeakLedger();
  ledger.parities(Math.round(leakShare * counts.siftedOf(0)));
  ledger.tag(128);
  const decision = decideKey({ ...settings, ...change }, counts, ledger, collisionBound);
  return { decision, counts, ledger };
}

/** The proved length by the finite-key bound of the physics room, with one possible end. */
function provedBits({ counts, ledger }: ReturnType<typeof decide>, leakBits: number) {
  return finiteKeyLength({
    counts,
    intensities: link.intensities,
    intensityProbabilities: link.intensityProbabilities,
    aliceZProbability: link.aliceZProbability,
    bobZProbability: link.bobZProbability,
    leakBits,
    verificationBits: ledger.tagBits,
    epsilonSecrecy: settings.epsilonSecrecy,
    epsilonCorrectness: settings.epsilonCorrectness,
    candidateEnds: 1,
  });
}

describe("the decision on a block", () => {
  it("is the finite-key length with a single end, less vacuum and the reported number of ones, in whole keys", () => {
    const made = decide();
    const { decision, counts, ledger } = made;
    const proved = provedBits(made, ledger.aliceBits);
    const reportedBits = Math.ceil(Math.log2(counts.siftedOf(0) + 1));
    expect(decision.boundBits).toBe(proved.secretBits - Math.ceil(proved.vacuumBits) - reportedBits);
    expect(decision.secretBits).toBeGreaterThan(1e6);
    expect(decision.secretBits % 256).toBe(0);
    expect(decision.boundBits - decision.secretBits).toBeGreaterThanOrEqual(8);
    expect(decision.boundBits - decision.secretBits).toBeLessThan(256 + 8);
    expect(decision).toMatchObject({
      reason: "none",
      leakBits: ledger.aliceBits + 128,
      singlePhotonBits: proved.singlePhotonBits,
      phaseErrorRate: proved.phaseErrorRate,
    });
  });

  it("pays for no choice of ends: two possible ends would be shorter", () => {
    const made = decide();
    const { counts, ledger } = made;
    const two = finiteKeyLength({
      counts,
      intensities: link.intensities,
      intensityProbabilities: link.intensityProbabilities,
      aliceZProbability: link.aliceZProbability,
      bobZProbability: link.bobZProbability,
      leakBits: ledger.aliceBits,
      verificationBits: ledger.tagBits,
      epsilonSecrecy: settings.epsilonSecrecy,
      epsilonCorrectness: settings.epsilonCorrectness,
      candidateEnds: 2,
    });
    expect(two.secretBits).toBeLessThan(provedBits(made, ledger.aliceBits).secretBits - 1000);
  });

  it("takes the parities of both directions off where that is agreed, and lets vacuum earn", () => {
    const made = decide({ change: { leakAccounting: "bothDirections" } });
    const { decision, counts, ledger } = made;
    const proved = provedBits(made, ledger.bothWaysBits);
    expect(decision.leakBits).toBe(ledger.bothWaysBits + 128);
    expect(decision.boundBits).toBe(proved.secretBits - Math.ceil(Math.log2(counts.siftedOf(0) + 1)));
    expect(decision.secretBits).toBeLessThan(decide().decision.secretBits);
  });

  it("gives no key above the agreed share of disclosed bits, tags included, and one just below it", () => {
    const { counts, ledger } = decide();
    const share = (ledger.aliceBits + ledger.tagBits) / counts.siftedOf(0);
    const above = decide({ change: { maxLeakFraction: share - 1e-9 } }).decision;
    expect(above).toMatchObject({ secretBits: 0, reason: "leakAboveMaximum" });
    expect(above.boundBits).toBeGreaterThan(0);
    expect(decide({ change: { maxLeakFraction: share + 1e-9 } }).decision.reason).toBe("none");
  });

  it("gives no key where verification misses the agreed correctness, and one where it just meets it", () => {
    expect(decide({ collisionBound: 1e-14 }).decision).toMatchObject({
      secretBits: 0,
      reason: "correctnessBound",
    });
    expect(decide({ collisionBound: 1e-15 }).decision.reason).toBe("none");
  });

  it("gives no key where nothing is proved", () => {
    expect(decide({ gates: 1e5 }).decision).toMatchObject({
      secretBits: 0,
      boundBits: 0,
      reason: "noSecretKey",
    });
  });

  it("gives none where a tail and a grain of key do not fit", () => {
    const change = { maxLeakFraction: 0.99 };
    const { decision: whole, counts } = decide({ change });
    const bits = counts.siftedOf(0);
    // The bound falls bit for bit with the leak.
    const decisions = Array.from({ length: 60 }, (_, step) => {
      const leakShare = 0.165 + (whole.boundBits - 2000 + 32 * step) / bits;
      return decide({ leakShare, change }).decision;
    });
    const short = decisions.filter(({ boundBits }) => boundBits > 300 && boundBits < 760);
    expect(short.length).toBeGreaterThan(3);
    for (const { secretBits, reason } of short) expect([secretBits, reason]).toEqual([0, "noSecretKey"]);
    const long = decisions.filter(({ boundBits }) => boundBits > 780);
    expect(long.length).toBeGreaterThan(3);
    for (const { secretBits } of long) expect(secretBits).toBeGreaterThanOrEqual(768);
  });
});
