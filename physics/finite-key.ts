import { checkArgument, rule } from "../options/index.ts";
import { phaseErrorSecrecy } from "./binary-entropy.ts";
import { checkDistribution, checkIntensities } from "./check-link.ts";
import { hitsLowerLimit, meanLowerLimit, meanUpperLimit, trialsUpperLimit } from "./chernoff.ts";
import { checkCounts, countsOfBasis, type LinkCounts } from "./link-counts.ts";
import type { PerIntensity } from "./link-parameters.ts";
import { PER_INTENSITY } from "./link-rules.ts";
import { perIntensity } from "./per-intensity.ts";
import { requireInRange } from "./range.ts";

/** Everything that decides the length of a block's secret key. */
export interface FiniteKeyInput {
  readonly counts: LinkCounts;
  /** Mean photon numbers u > v > w >= 0 leaving Alice. */
  readonly intensities: PerIntensity;
  readonly intensityProbabilities: PerIntensity;
  readonly aliceZProbability: number;
  readonly bobZProbability: number;
  /** Every bit about the key-basis string that reconciliation disclosed. */
  readonly leakBits: number;
  /** Verification tag bits sent; at least log2(2 / epsilonCorrectness) is deducted whatever is given. */
  readonly verificationBits?: number;
  readonly epsilonSecrecy: number;
  readonly epsilonCorrectness: number;
  /**
   * At how many places the block could have ended, when its end was chosen by looking at basis or intensity outcomes (such
   * as "the first frame with enough key bits"); 1, the default, when it was fixed by detections or gates, as here.
   */
  readonly candidateEnds?: number;
}

/** A block's secret key length with the bounds that it rests on. */
export interface FiniteKeyLength {
  /** Whole secret bits, never negative. */
  readonly secretBits: number;
  /** Key-basis detections of vacuum pulses, at least. */
  readonly vacuumBits: number;
  /** Key-basis detections of single photons, at least. */
  readonly singlePhotonBits: number;
  /** Errors that the single-photon key bits would have shown in the test basis, as a rate, at most; one half says nothing. */
  readonly phaseErrorRate: number;
  /** Deducted for verification. */
  readonly verificationBits: number;
  /** Deducted for privacy amplification: 2 log2(1 / (2 epsilonAmplification)). */
  readonly amplificationBits: number;
  readonly epsilon: {
    readonly secrecy: number;
    readonly correctness: number;
    /** Failure probability that each statistical limit is held to. */
    readonly perLimit: number;
    /** Statistical limits counted, used or not. */
    readonly limits: number;
    /** Places at which the block could have ended, each with its own limits. */
    readonly candidateEnds: number;
  };
}

/** Limits that a length rests on: four of Z intensities, two of X errors, vacuum errors, phase error sampling. */
export const STATISTICAL_LIMITS = 8;

/**
 * Length of the secret key of one block, composable, against general attacks, with two decoy intensities. The key is
 * made from all Z detections of every intensity; X detections are disclosed and bound the phase error.
 *
 *   bits = s0 + s1 (1 - h(phi)) - leak - verification - 2 log2(1 / (2 eps_PA))
 *
 * with eps_secrecy = 2 sqrt(8 ends eps_limit) + eps_PA, eps_PA = eps_secrecy / 2, hence
 * eps_limit = eps_secrecy^2 / (128 ends): all eight limits hold at every candidate end of the block, except with
 * probability (eps_secrecy / 4)^2.
 *
 * The count of limits, each by itself a one-sided Chernoff-Hoeffding limit on a sum of independent indicators:
 * 1, 2 the means of the Z detections of v from below and from above; 3, 4 the same of w (the mean of u follows from the
 * total, which is known exactly); 5 errors of vacuum pulses in X from below; 6 X errors of v from above; 7 X errors of w from
 * below; 8 the phase errors of the Z single photons from the X single-photon errors.
 *
 * docs/FINITE-KEY.md derives every step, tells what is proved elsewhere, and lists the assumptions.
 *
 * @throws ConfigError QKD_PHYSICS_RANGE for impossible counts, intensities, probabilities or epsilons.
 */
export function finiteKeyLength(input: FiniteKeyInput): FiniteKeyLength {
  checkInput(input);
  const candidateEnds = input.candidateEnds ?? 1;
  const perLimit = input.epsilonSecrecy ** 2 / (16 * STATISTICAL_LIMITS * candidateEnds);
  const nats = -Math.log(perLimit);
  const verificationBits = Math.max(
    input.verificationBits ?? 0,
    Math.ceil(Math.log2(2 / input.epsilonCorrectness)),
  );
  const amplificationBits = 2 * Math.log2(1 / input.epsilonSecrecy);

  const key = keyBasisBounds(input, nats);
  const phaseErrors = phaseErrorLimit(input, key.vacuum, nats);
  const phaseErrorRate = key.single > 0 ? Math.min(0.5, phaseErrors / key.single) : 0.5;
  const length =
    key.vacuum +
    key.single * phaseErrorSecrecy(phaseErrorRate) -
    input.leakBits -
    verificationBits -
    amplificationBits;
  return {
    secretBits: Math.max(0, Math.floor(length)),
    vacuumBits: key.vacuum,
    singlePhotonBits: key.single,
    phaseErrorRate,
    verificationBits,
    amplificationBits,
    epsilon: {
      secrecy: input.epsilonSecrecy,
      correctness: input.epsilonCorrectness,
      perLimit,
      limits: STATISTICAL_LIMITS,
      candidateEnds,
    },
  };
}

/** Lower limits of the vacuum and single-photon detections of the key basis (two-decoy bounds of Lim et al. 2014). */
function keyBasisBounds(input: FiniteKeyInput, nats: number): { vacuum: number; single: number } {
  const [u, v, w] = input.intensities;
  const { sifted, siftedTotal } = countsOfBasis(input.counts, "z");
  const weight = emissionWeights(input);
  const decoyLow = meanLowerLimit(siftedTotal, sifted[1], nats);
  const decoyHigh = meanUpperLimit(siftedTotal, sifted[1], nats);
  const dimLow = meanLowerLimit(siftedTotal, sifted[2], nats);
  const dimHigh = meanUpperLimit(siftedTotal, sifted[2], nats);
  const signalHigh = siftedTotal - decoyLow - dimLow;

  const vacuumRate = Math.max(0, (v * dimLow * weight[2] - w * decoyHigh * weight[1]) / (v - w));
  const vacuum = Math.min(siftedTotal, photonNumberShare(input, 0) * vacuumRate);
  const spread = (v * v - w * w) / (u * u);
  const numerator =
    decoyLow * weight[1] - dimHigh * weight[2] - spread * (signalHigh * weight[0] - vacuumRate);
  const denominator = u * (v - w) - (v * v - w * w);
  const single = (photonNumberShare(input, 1) * u * numerator) / denominator;
  return { vacuum, single: Math.min(siftedTotal - vacuum, Math.max(0, single)) };
}

/** Upper limit of the number of phase errors among the key basis's single-photon detections. */
function phaseErrorLimit(input: FiniteKeyInput, keyVacuum: number, nats: number): number {
  const [, v, w] = input.intensities;
  const { errors, errorTotal } = countsOfBasis(input.counts, "x");
  const weight = emissionWeights(input);
  const keyProbability = input.aliceZProbability * input.bobZProbability;
  const testProbability = creditedTestProbability(input, keyProbability, nats);

  const vacuumErrorShare = testProbability / 2 / (keyProbability + testProbability / 2);
  const vacuumErrors = hitsLowerLimit(keyVacuum, vacuumErrorShare, nats);
  const allButVacuum = Math.max(0, errorTotal - vacuumErrors);

  const decoyHigh = meanUpperLimit(errorTotal, errors[1], nats);
  const dimLow = meanLowerLimit(errorTotal, errors[2], nats);
  const byDecoys = (photonNumberShare(input, 1) * (decoyHigh * weight[1] - dimLow * weight[2])) / (v - w);

  const testErrors = Math.max(0, Math.min(allButVacuum, byDecoys));
  const testShare = testProbability / (testProbability + keyProbability);
  return trialsUpperLimit(testErrors, testShare, nats) - testErrors;
}

/**
 * Probability that both chose X, lowered where X shows fewer detections than that explains. Honest bases never lower it; a stuck
 * modulator or an X receiver that sees less does, so that an unseen X basis proves nothing.
 */
function creditedTestProbability(input: FiniteKeyInput, keyProbability: number, nats: number): number {
  const stated = (1 - input.aliceZProbability) * (1 - input.bobZProbability);
  const seen = countsOfBasis(input.counts, "x").siftedTotal;
  const matched = countsOfBasis(input.counts, "z").siftedTotal + seen;
  const most = meanUpperLimit(matched, seen, nats);
  return most >= matched ? stated : Math.min(stated, (keyProbability * most) / (matched - most));
}

/** e^k / p_k for each intensity k: turns detections of an intensity into detections per photon number. */
function emissionWeights(input: FiniteKeyInput): PerIntensity {
  return perIntensity((k) => Math.exp(input.intensities[k]) / input.intensityProbabilities[k]);
}

/** Probability that a pulse of unknown intensity holds `photons` (0 or 1) photons. */
function photonNumberShare(input: FiniteKeyInput, photons: 0 | 1): number {
  return input.intensities.reduce(
    (sum, k, index) => sum + (input.intensityProbabilities[index] ?? 0) * Math.exp(-k) * k ** photons,
    0,
  );
}

function checkInput(input: FiniteKeyInput): void {
  checkArgument("input", input, rule.anyObject);
  checkCounts(input.counts);
  checkIntensities(input.intensities);
  checkArgument("intensityProbabilities", input.intensityProbabilities, PER_INTENSITY);
  checkDistribution("intensityProbabilities", input.intensityProbabilities);
  for (const [index, probability] of input.intensityProbabilities.entries()) {
    requireInRange(`intensityProbabilities[${index}]`, probability, { min: 0, max: 1, openMin: true });
  }
  const [u, v, w] = input.intensities;
  requireInRange("intensities[0]", u, { min: v + w, openMin: true });
  requireInRange("aliceZProbability", input.aliceZProbability, {
    min: 0,
    max: 1,
    openMin: true,
    openMax: true,
  });
  requireInRange("bobZProbability", input.bobZProbability, { min: 0, max: 1, openMin: true, openMax: true });
  requireInRange("leakBits", input.leakBits, { min: 0 });
  requireInRange("verificationBits", input.verificationBits ?? 0, { min: 0 });
  requireInRange("epsilonSecrecy", input.epsilonSecrecy, { min: 1e-100, max: 0.5 });
  requireInRange("epsilonCorrectness", input.epsilonCorrectness, { min: 1e-100, max: 0.5 });
  requireInRange("candidateEnds", input.candidateEnds ?? 1, { min: 1, max: 1e200, integer: true });
}
