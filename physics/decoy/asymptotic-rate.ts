import { binaryEntropy, phaseErrorSecrecy } from "../binary-entropy.ts";
import type { LinkParameters, PerBasis, PerIntensity } from "../link-parameters.ts";
import { type LinkPrediction, matchProbabilities, predictLink } from "../link-prediction.ts";
import { exactly, type SinglePhotonBounds, singlePhotonBounds } from "./single-photon-bounds.ts";

/** Secret key rate of infinitely long blocks with the decoy bounds that made it. */
export interface AsymptoticRate {
  /** Secret bits per second, signal pulses of the key basis (and of the test basis where it yields key too). */
  readonly rateBps: number;
  readonly bounds: PerBasis<SinglePhotonBounds>;
}

/**
 * Secret key rate without statistical fluctuations (physics paper 1.5): key from the signal pulses, phase error from the
 * other basis. `bothBases` adds the test basis's key, as the T12 protocol does; `phaseErrorFrom` is by default `signal`.
 */
export function asymptoticRate(
  link: LinkParameters,
  reconciliationEfficiency: number,
  options: {
    readonly bothBases?: boolean;
    readonly phaseErrorFrom?: "signal" | "best";
    readonly prediction?: LinkPrediction;
  } = {},
): AsymptoticRate {
  const prediction = options.prediction ?? predictLink(link);
  const from = options.phaseErrorFrom ?? "signal";
  const bounds = { z: boundsOf(link, prediction, "z", from), x: boundsOf(link, prediction, "x", from) };
  const matched = matchProbabilities(link);
  const perBasis = (basis: "z" | "x") => {
    const [u] = link.intensities;
    const own = bounds[basis];
    const other = bounds[basis === "z" ? "x" : "z"];
    const secret =
      Math.exp(-u) * own.vacuumYield +
      u * Math.exp(-u) * own.singleYield * phaseErrorSecrecy(other.singleErrorRate) -
      reconciliationEfficiency * prediction.gains[0] * binaryEntropy(prediction.qberPerIntensity[basis][0]);
    return link.clockHz * link.intensityProbabilities[0] * matched[basis] * Math.max(0, secret);
  };
  return { rateBps: perBasis("z") + (options.bothBases === true ? perBasis("x") : 0), bounds };
}

function boundsOf(
  link: LinkParameters,
  prediction: LinkPrediction,
  basis: "z" | "x",
  phaseErrorFrom: "signal" | "best",
): SinglePhotonBounds {
  const errors = prediction.qberPerIntensity[basis].map((rate, k) =>
    exactly(rate * (prediction.gains[k] ?? 0)),
  );
  return singlePhotonBounds(
    link.intensities,
    prediction.gains.map(exactly) as unknown as PerIntensity<ReturnType<typeof exactly>>,
    errors as unknown as PerIntensity<ReturnType<typeof exactly>>,
    phaseErrorFrom,
  );
}
