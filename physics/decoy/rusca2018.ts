import { binaryEntropy, phaseErrorSecrecy } from "../binary-entropy.ts";
import { countsOfBasis } from "../link-counts.ts";
import { checkKeyLengthRequest, type KeyLength, type KeyLengthRequest } from "./key-length-request.ts";
import { samplingDeviation } from "./sampling-deviation.ts";

/** Error terms that Rusca et al. count in epsilon_sec. */
const TERMS = 19;

/**
 * Secret key length of Rusca et al. 2018 (ONE decoy, composable, general attacks; physics paper 1.8). Only the intensities
 * u and v may have been sent: the probability of w has to be zero, and its counts play no part. The paper's n^+- is used
 * with the factor e^k / p_k that its print lacks.
 *
 * @throws ConfigError QKD_PHYSICS_RANGE.
 */
export function rusca2018KeyLength(request: KeyLengthRequest): KeyLength {
  checkKeyLengthRequest(request, 1);
  const { epsilonSecrecy, source } = request;
  const [u, v] = source.intensities;
  const [pu, pv] = source.intensityProbabilities;
  const beta = Math.log(TERMS / epsilonSecrecy);
  const scale = [Math.exp(u) / pu, Math.exp(v) / pv] as const;
  const tau0 = pu * Math.exp(-u) + pv * Math.exp(-v);
  const tau1 = pu * u * Math.exp(-u) + pv * v * Math.exp(-v);
  const deviation = (total: number) => Math.sqrt((total / 2) * beta);

  const basisBounds = (basis: "z" | "x") => {
    const { sifted, errors } = countsOfBasis(request.counts, basis);
    const total = sifted[0] + sifted[1];
    const wrong = errors[0] + errors[1];
    const delta = deviation(total);
    const low = [
      Math.max(0, scale[0] * (sifted[0] - delta)),
      Math.max(0, scale[1] * (sifted[1] - delta)),
    ] as const;
    const high = [scale[0] * (sifted[0] + delta), scale[1] * (sifted[1] + delta)] as const;
    const errorHigh = (k: 0 | 1) => tau0 * scale[k] * (errors[k] + deviation(wrong));
    const errorLow = (k: 0 | 1) => Math.max(0, scale[k] * (errors[k] - deviation(wrong)));
    const vacuumHigh = 2 * (Math.min(errorHigh(0), errorHigh(1)) + delta);
    const vacuumLow = Math.max(0, (tau0 / (u - v)) * (u * low[1] - v * high[0]));
    const excess = low[1] - (v / u) ** 2 * high[0] - ((u * u - v * v) / (u * u)) * (vacuumHigh / tau0);
    return {
      total,
      wrong,
      vacuum: vacuumLow,
      single: Math.max(0, (tau1 * u * excess) / (v * (u - v))),
      singleErrors: Math.max(0, (tau1 / (u - v)) * (scale[0] * (errors[0] + deviation(wrong)) - errorLow(1))),
    };
  };
  const key = basisBounds("z");
  const test = basisBounds("x");
  const rate = test.single > 0 ? test.singleErrors / test.single : 0.5;
  const phaseErrorRate =
    rate >= 0.5
      ? 0.5
      : Math.min(0.5, rate + samplingDeviation(epsilonSecrecy, TERMS, rate, test.single, key.single));
  const leak =
    key.total > 0 ? request.reconciliationEfficiency * key.total * binaryEntropy(key.wrong / key.total) : 0;
  const length =
    key.vacuum +
    key.single * phaseErrorSecrecy(phaseErrorRate) -
    leak -
    6 * Math.log2(TERMS / epsilonSecrecy) -
    Math.log2(2 / request.epsilonCorrectness);
  return {
    secretBits: Math.max(0, length),
    vacuumBits: key.vacuum,
    singlePhotonBits: key.single,
    phaseErrorRate,
  };
}
