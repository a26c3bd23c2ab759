import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { photonNumberSplittingSignature } from "./eavesdroppers.ts";
import { expectedCounts, expectedLeakBits, gatesForBlock } from "./expected-counts.ts";
import { type FiniteKeyInput, finiteKeyLength } from "./finite-key.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { predictLink } from "./link-prediction.ts";
import { photonNumberYield } from "./photon-number-yields.ts";
import { LINK_PRESETS } from "./presets/index.ts";

const yuan = LINK_PRESETS.yuan2018.link;

/** Input that a block of the closed form gives on average. */
function meanInput(
  link: LinkParameters,
  bits: number,
  efficiency = 1.045,
): FiniteKeyInput & { gates: number } {
  const prediction = predictLink(link);
  const gates = gatesForBlock(prediction, bits);
  const counts = expectedCounts(link, gates, prediction);
  return {
    ...link,
    counts,
    gates,
    leakBits: expectedLeakBits(counts, efficiency),
    epsilonSecrecy: 1e-10,
    epsilonCorrectness: 1e-15,
  };
}

const entropyBits = (x: number) => -x * Math.log2(x) - (1 - x) * Math.log2(1 - x);

describe("finite key length", () => {
  it("gives more than 14 Mb/s for yuan2018 at 2 dB in blocks of 1e8 bits", () => {
    const input = meanInput(yuan, 1e8);
    const { secretBits } = finiteKeyLength(input);
    const rateMbps = secretBits / (input.gates / yuan.clockHz) / 1e6;
    expect(rateMbps).toBeGreaterThan(14.5);
    expect(rateMbps).toBeLessThan(15.2);
  });

  it("approaches but never passes the true single-photon content", () => {
    for (const lossDb of [0, 5, 10, 15]) {
      const link = { ...yuan, channelLossDb: lossDb };
      const prediction = predictLink(link);
      let previous = 0;
      for (const bits of [1e6, 1e7, 1e8, 1e9, 1e11]) {
        const input = meanInput(link, bits);
        const length = finiteKeyLength(input);
        const truth = singlePhotonTruth(link, input.gates);
        expect(length.singlePhotonBits).toBeLessThanOrEqual(truth.single);
        expect(length.vacuumBits).toBeLessThanOrEqual(truth.vacuum);
        expect(length.phaseErrorRate).toBeGreaterThanOrEqual(truth.phaseErrorRate);
        expect(length.singlePhotonBits / bits).toBeGreaterThan(previous);
        previous = length.singlePhotonBits / bits;
        expect(length.secretBits).toBeLessThan(input.gates * prediction.siftedPerGate.z);
      }
      const { single } = singlePhotonTruth(link, meanInput(link, 1).gates);
      expect(previous / single).toBeGreaterThan(0.97);
    }
  });

  it("loses exactly what is disclosed", () => {
    const input = meanInput(yuan, 1e7);
    const base = finiteKeyLength(input).secretBits;
    const more = finiteKeyLength({ ...input, leakBits: input.leakBits + 12_345 }).secretBits;
    expect(base - more).toBe(12_345);
    const tagged = finiteKeyLength({ ...input, verificationBits: 5000 });
    expect(base - tagged.secretBits).toBe(5000 - Math.ceil(Math.log2(2 / 1e-15)));
  });

  it("deducts two bits for each halving of the amplification's epsilon, and rounds down", () => {
    for (const bits of [1e6, 1e7, 3e7])
      for (const halvings of [20, 33, 50]) {
        const input = { ...meanInput(yuan, bits), epsilonSecrecy: 2 ** -halvings };
        const { secretBits, vacuumBits, singlePhotonBits, phaseErrorRate, ...rest } = finiteKeyLength(input);
        // eps_PA is half of eps_secrecy: 2 log2(1 / (2 eps_PA)).
        expect(rest.amplificationBits).toBe(2 * halvings);
        expect(rest.verificationBits).toBe(51);
        const left =
          vacuumBits +
          singlePhotonBits * (1 - entropyBits(phaseErrorRate)) -
          input.leakBits -
          rest.verificationBits -
          2 * halvings;
        // Some of these nine lie just under, some just over a whole number.
        expect(left - secretBits).toBeGreaterThanOrEqual(-1e-6);
        expect(left - secretBits).toBeLessThan(1 + 1e-6);
      }
  });

  it("is zero where nothing is provable", () => {
    const input = meanInput(yuan, 1e6);
    const none = { sent: input.counts.sent, sifted: [0, 0, 0, 0, 0, 0], errors: [0, 0, 0, 0, 0, 0] };
    expect(finiteKeyLength({ ...input, counts: none, leakBits: 0 }).secretBits).toBe(0);
    const noisy = { ...input.counts, errors: input.counts.sifted.map((count) => count / 2) };
    expect(finiteKeyLength({ ...input, counts: noisy }).secretBits).toBe(0);
    expect(finiteKeyLength({ ...input, counts: noisy }).phaseErrorRate).toBe(0.5);
  });

  it("credits the test basis only with what it saw", () => {
    const input = meanInput(yuan, 1e8);
    const shrunk = (scale: number) => ({
      ...input.counts,
      sifted: input.counts.sifted.map((n, index) => (index < 3 ? n : n * scale)),
      errors: input.counts.errors.map((n, index) => (index < 3 ? n : n * scale)),
    });
    const honest = finiteKeyLength(input);
    expect(finiteKeyLength({ ...input, counts: shrunk(1.05) }).secretBits).toBeLessThan(honest.secretBits);
    const half = finiteKeyLength({ ...input, counts: shrunk(0.5) });
    expect(half.phaseErrorRate).toBeGreaterThan(0.98 * honest.phaseErrorRate);
    const unseen = finiteKeyLength({ ...input, counts: shrunk(0) });
    expect(unseen.phaseErrorRate).toBe(0.5);
    expect(unseen.secretBits).toBe(0);
  });

  it("counts no single photon under photon-number splitting that keeps the signal gain", () => {
    const input = meanInput({ ...yuan, channelLossDb: 10 }, 1e8);
    const { gains } = photonNumberSplittingSignature({ ...yuan, channelLossDb: 10 }, 1);
    const sifted = gains.map(
      (gain, k) => input.gates * (15 / 16) ** 2 * (yuan.intensityProbabilities[k] ?? 0) * gain,
    );
    const counts = {
      ...input.counts,
      sifted: [...sifted, ...input.counts.sifted.slice(3)],
      errors: [0, 0, 0, ...input.counts.errors.slice(3)],
    };
    expect(finiteKeyLength({ ...input, counts }).singlePhotonBits).toBe(0);
    expect(finiteKeyLength({ ...input, counts, leakBits: 0 }).secretBits).toBeLessThan(
      0.03 * (sifted[0] ?? 0),
    );
  });

  it("charges for every place where the block could have ended", () => {
    const input = meanInput(yuan, 1e7);
    const fixed = finiteKeyLength({ ...input, candidateEnds: 1 });
    const chosen = finiteKeyLength({ ...input, candidateEnds: 4096 });
    expect(fixed.secretBits).toBe(finiteKeyLength(input).secretBits);
    expect(chosen.secretBits).toBeLessThan(fixed.secretBits);
    expect(chosen.secretBits).toBeGreaterThan(0.97 * fixed.secretBits);
  });

  it("states how its epsilon is spent", () => {
    const { epsilon } = finiteKeyLength(meanInput(yuan, 1e7));
    const amplification = epsilon.secrecy / 2;
    expect(
      2 * Math.sqrt(epsilon.limits * epsilon.candidateEnds * epsilon.perLimit) + amplification,
    ).toBeCloseTo(epsilon.secrecy, 20);
    expect(epsilon.limits).toBe(8);
  });
});

describe("finite key length as a function", () => {
  const scenario = fc.record({
    lossDb: fc.double({ min: 0, max: 20, noNaN: true }),
    bits: fc.double({ min: 1e5, max: 1e9, noNaN: true }),
    error: fc.double({ min: 0, max: 0.08, noNaN: true }),
  });

  it("never grows with errors, leakage or demands, and never exceeds what was sifted", () => {
    fc.assert(
      fc.property(scenario, fc.integer({ min: 3, max: 5 }), ({ lossDb, bits, error }, index) => {
        const input = meanInput(
          { ...yuan, channelLossDb: lossDb, misalignment: { z: error, x: error } },
          bits,
        );
        const base = finiteKeyLength(input);
        const sifted = input.counts.sifted.slice(0, 3).reduce((a, b) => a + b, 0);
        expect(base.secretBits).toBeGreaterThanOrEqual(0);
        expect(base.secretBits).toBeLessThanOrEqual(Math.max(0, sifted - input.leakBits));
        expect(Number.isInteger(base.secretBits)).toBe(true);
        const stricter = finiteKeyLength({ ...input, epsilonSecrecy: 1e-14 });
        expect(stricter.secretBits).toBeLessThanOrEqual(base.secretBits);
        const errors = [...input.counts.errors];
        errors[index] = Math.min(input.counts.sifted[index] ?? 0, (errors[index] ?? 0) * 1.2 + 3);
        const worse = finiteKeyLength({ ...input, counts: { ...input.counts, errors } });
        if (index === 3) expect(worse.secretBits).toBeLessThanOrEqual(base.secretBits);
        expect(worse.singlePhotonBits).toBe(base.singlePhotonBits);
      }),
      { numRuns: 200, seed: 20_180_702 },
    );
  });

  it("never exceeds what was sifted, whatever counts a peer makes up", () => {
    const count = fc.oneof(fc.nat(20), fc.nat(1e5), fc.nat(1e9));
    const six = <T>(each: fc.Arbitrary<T>) => fc.array(each, { minLength: 6, maxLength: 6 });
    const madeUp = fc.record({
      sifted: six(count),
      more: six(count),
      share: six(fc.constantFrom(0, 0.01, 0.5, 1)),
    });
    let capped = 0;
    fc.assert(
      fc.property(
        madeUp,
        fc.constantFrom(...Object.values(LINK_PRESETS)),
        ({ sifted, more, share }, { link }) => {
          const counts = {
            sent: sifted.map((bits, index) => bits + (more[index] ?? 0)),
            sifted,
            errors: sifted.map((bits, index) => Math.floor(bits * (share[index] ?? 0))),
          };
          const input = { ...meanInput(link, 1e6), counts, leakBits: 0 };
          const { secretBits, vacuumBits, singlePhotonBits, phaseErrorRate } = finiteKeyLength(input);
          const total = sifted.slice(0, 3).reduce((a, b) => a + b, 0);
          // Sums of the limits may round in the last place.
          const most = total * (1 + 1e-12);
          expect(secretBits).toBeLessThanOrEqual(total);
          expect(vacuumBits + singlePhotonBits).toBeLessThanOrEqual(most);
          for (const bits of [secretBits, vacuumBits, singlePhotonBits])
            expect(bits).toBeGreaterThanOrEqual(0);
          expect(phaseErrorRate).toBeGreaterThanOrEqual(0);
          expect(phaseErrorRate).toBeLessThanOrEqual(0.5);
          if (total > 0 && vacuumBits + singlePhotonBits >= total) capped += 1;
        },
      ),
      { numRuns: 1000, seed: 20_180_702 },
    );
    expect(capped).toBeGreaterThan(50);
  });

  it("refuses impossible input with the field's name", () => {
    const input = meanInput(yuan, 1e6);
    const cases: [string, Partial<FiniteKeyInput>][] = [
      ["leakBits", { leakBits: -1 }],
      ["candidateEnds", { candidateEnds: 0 }],
      ["epsilonSecrecy", { epsilonSecrecy: 0 }],
      ["epsilonCorrectness", { epsilonCorrectness: 2 }],
      ["intensityProbabilities[2]", { intensityProbabilities: [0.5, 0.5, 0] }],
      ["intensities[0]", { intensities: [0.3, 0.2, 0.15] }],
      ["counts.sifted.length", { counts: { ...input.counts, sifted: [1, 2, 3] } }],
      ["counts.errors[0]", { counts: { ...input.counts, errors: input.counts.sifted.map((n) => n + 1) } }],
      ["counts.sifted[1]", { counts: { ...input.counts, sifted: [1, Number.NaN, 1, 1, 1, 1] } }],
      ["counts.sifted[0]", { counts: { ...input.counts, sent: [0, 0, 0, 0, 0, 0] } }],
    ];
    for (const [field, change] of cases) {
      expect(() => finiteKeyLength({ ...input, ...change }), field).toThrow(
        expect.objectContaining({ code: "QKD_PHYSICS_RANGE", message: expect.stringContaining(field) }),
      );
    }
  });
});

/** Mean numbers that the model knows and the bounds must not pass. */
function singlePhotonTruth(link: LinkParameters, gates: number) {
  const prediction = predictLink(link);
  const matched = link.aliceZProbability * link.bobZProbability;
  const share = (photons: 0 | 1) =>
    link.intensities.reduce(
      (sum, k, i) => sum + (link.intensityProbabilities[i] ?? 0) * Math.exp(-k) * k ** photons,
      0,
    );
  const test = photonNumberYield(link, 1, "x", prediction);
  return {
    vacuum: gates * matched * share(0) * photonNumberYield(link, 0, "z", prediction).yield,
    single: gates * matched * share(1) * photonNumberYield(link, 1, "z", prediction).yield,
    phaseErrorRate: test.errorYield / test.yield,
  };
}
