import { checkArgument, rule } from "../../options/index.ts";
import { binaryEntropy, phaseErrorSecrecy } from "../binary-entropy.ts";
import { type BasisCounts, countsOfBasis } from "../link-counts.ts";
import type { PerIntensity } from "../link-parameters.ts";
import { perIntensity } from "../per-intensity.ts";
import { checkKeyLengthRequest, type KeyLength, type KeyLengthRequest } from "./key-length-request.ts";
import { samplingDeviation } from "./sampling-deviation.ts";
import type { Interval } from "./single-photon-bounds.ts";

/** Error terms that Lim et al. count in epsilon_sec. */
const TERMS = 21;
const FORM = rule.choice("hoeffding", "chernoff");

/** How far an intensity's count may lie from its mean: Hoeffding over the whole basis, or Chernoff per intensity. */
export type DeviationForm = "hoeffding" | "chernoff";

/**
 * Secret key length of Lim et al. 2014 (two decoys, composable, general attacks; physics paper 1.7), with its own roles:
 * key from Z, phase error from X. With `chernoff`, counts fluctuate per intensity and the smaller of the two bounds on the
 * single-photon errors is taken; the epsilon bookkeeping of that variant is not proved (21 terms are kept here to be
 * comparable with publications). The controller uses `finiteKeyLength` instead, whose terms are counted.
 *
 * @throws ConfigError QKD_PHYSICS_RANGE.
 */
export function lim2014KeyLength(request: KeyLengthRequest, form: DeviationForm): KeyLength {
  checkArgument("form", form, FORM);
  checkKeyLengthRequest(request, 2);
  const { source, epsilonSecrecy } = request;
  const beta = Math.log(TERMS / epsilonSecrecy);
  const key = countsOfBasis(request.counts, "z");
  const test = countsOfBasis(request.counts, "x");
  const keyBounds = photonBounds(key, request, form, beta);
  const testBounds = photonBounds(test, request, form, beta);
  const [u, v, w] = source.intensities;
  const errors = scaledLimits(test.errors, test.errorTotal, request, form, beta);
  const share = photonShare(request, 1);
  const byDecoys = (share * (errors[1].upper - errors[2].lower)) / (v - w);
  const bySignal = (share / u) * (errors[0].upper - testBounds.vacuum / 2 / photonShare(request, 0));
  const singleErrors = Math.max(0, form === "chernoff" ? Math.min(byDecoys, bySignal) : byDecoys);

  const rate = testBounds.single > 0 ? singleErrors / testBounds.single : 0.5;
  const phaseErrorRate =
    rate >= 0.5
      ? 0.5
      : Math.min(
          0.5,
          rate + samplingDeviation(epsilonSecrecy, TERMS, rate, testBounds.single, keyBounds.single),
        );
  const bits = key.siftedTotal;
  const leak = bits > 0 ? request.reconciliationEfficiency * bits * binaryEntropy(key.errorTotal / bits) : 0;
  const length =
    keyBounds.vacuum +
    keyBounds.single * phaseErrorSecrecy(phaseErrorRate) -
    leak -
    6 * Math.log2(TERMS / epsilonSecrecy) -
    Math.log2(2 / request.epsilonCorrectness);
  return {
    secretBits: Math.max(0, length),
    vacuumBits: keyBounds.vacuum,
    singlePhotonBits: keyBounds.single,
    phaseErrorRate,
  };
}

/** Lim's equations (2) and (3) for one basis. */
function photonBounds(counts: BasisCounts, request: KeyLengthRequest, form: DeviationForm, beta: number) {
  const [u, v, w] = request.source.intensities;
  const [signal, decoy, dim] = scaledLimits(counts.sifted, counts.siftedTotal, request, form, beta);
  const vacuumRate = Math.max(0, (v * dim.lower - w * decoy.upper) / (v - w));
  const spread = v * v - w * w;
  const excess = decoy.lower - dim.upper - (spread / (u * u)) * (signal.upper - vacuumRate);
  const single = (photonShare(request, 1) * u * excess) / (u * (v - w) - spread);
  return { vacuum: photonShare(request, 0) * vacuumRate, single: Math.max(0, single) };
}

/** (e^k / p_k) times the limits of each count's mean. */
function scaledLimits(
  counts: PerIntensity,
  total: number,
  request: KeyLengthRequest,
  form: DeviationForm,
  beta: number,
): PerIntensity<Interval> {
  const hoeffding = Math.sqrt((total / 2) * beta);
  const limits = (k: 0 | 1 | 2): Interval => {
    const count = counts[k];
    const down =
      form === "hoeffding" ? hoeffding : beta / 2 + Math.sqrt(2 * beta * count + (beta * beta) / 4);
    const up = form === "hoeffding" ? hoeffding : beta + Math.sqrt(2 * beta * count + beta * beta);
    const scale = Math.exp(request.source.intensities[k]) / request.source.intensityProbabilities[k];
    return { lower: scale * Math.max(0, count - down), upper: scale * (count + up) };
  };
  return perIntensity(limits);
}

/** Probability that a pulse holds `photons` photons, over all intensities. */
function photonShare(request: KeyLengthRequest, photons: 0 | 1): number {
  const { intensities, intensityProbabilities } = request.source;
  return intensities.reduce(
    (sum, k, index) => sum + (intensityProbabilities[index] ?? 0) * Math.exp(-k) * k ** photons,
    0,
  );
}
