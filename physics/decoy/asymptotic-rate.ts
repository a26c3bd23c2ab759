import { checkOptions, type RulesOf, rule } from "../../options/index.ts";
import { binaryEntropy, phaseErrorSecrecy } from "../binary-entropy.ts";
import type { LinkParameters, PerBasis } from "../link-parameters.ts";
import { type LinkPrediction, matchProbabilities, predictLink } from "../link-prediction.ts";
import { perIntensity } from "../per-intensity.ts";
import { checkPredicted } from "../prediction-rules.ts";
import { requireInRange } from "../range.ts";
import { exactly, type SinglePhotonBounds, singlePhotonBounds } from "./single-photon-bounds.ts";

/** Which detections make key, and from which errors phase errors are bounded, when blocks are infinitely long. */
export interface AsymptoticForm {
  /** `signal`: signal pulses alone; `all`: every intensity. */
  readonly keyFrom: "signal" | "all";
  /** `key`: the key basis; `both`: the test basis yields key too. */
  readonly bases: "key" | "both";
  /** Errors that bound the phase error: the signal's, or the better of the signal's and the decoys'. */
  readonly phaseErrorFrom: "signal" | "best";
}

/** The T12 protocol of Lucamarini et al. 2013, and of the rate tables made with it. */
export const T12_FORM: AsymptoticForm = { keyFrom: "signal", bases: "both", phaseErrorFrom: "signal" };
/** The protocols of Lim et al. 2014 and of the controller. */
export const ALL_INTENSITIES_FORM: AsymptoticForm = { keyFrom: "all", bases: "key", phaseErrorFrom: "best" };

const FORM: RulesOf<AsymptoticForm> = {
  keyFrom: rule.choice("signal", "all"),
  bases: rule.choice("key", "both"),
  phaseErrorFrom: rule.choice("signal", "best"),
};

/** Secret key rate of infinitely long blocks with the decoy bounds that made it. */
export interface AsymptoticRate {
  readonly rateBps: number;
  readonly bounds: PerBasis<SinglePhotonBounds>;
}

/**
 * Secret key rate without statistical fluctuations (physics paper 1.5), two decoys, phase error from the other basis.
 * @throws ConfigError QKD_PHYSICS_RANGE, QKD_PHYSICS_OVERFLOW.
 */
export function asymptoticRate(
  link: LinkParameters,
  reconciliationEfficiency: number,
  form: AsymptoticForm = T12_FORM,
  prediction: LinkPrediction = predictLink(link),
): AsymptoticRate {
  checkPredicted(link, prediction);
  checkOptions("a form of the asymptotic rate", form, FORM);
  requireInRange("reconciliationEfficiency", reconciliationEfficiency, { min: 0 });
  const bounds = {
    z: boundsOf(link, prediction, "z", form.phaseErrorFrom),
    x: boundsOf(link, prediction, "x", form.phaseErrorFrom),
  };
  const matched = matchProbabilities(link);
  const rateOf = (basis: "z" | "x") => {
    const own = bounds[basis];
    const secrecy = phaseErrorSecrecy(bounds[basis === "z" ? "x" : "z"].singleErrorRate);
    let secret = 0;
    let sifted = 0;
    let wrong = 0;
    for (const k of form.keyFrom === "signal" ? ([0] as const) : ([0, 1, 2] as const)) {
      const mean = link.intensities[k];
      const share = link.intensityProbabilities[k];
      secret += share * Math.exp(-mean) * (own.vacuumYield + mean * own.singleYield * secrecy);
      sifted += share * prediction.gains[k];
      wrong += share * prediction.gains[k] * prediction.qberPerIntensity[basis][k];
    }
    const leak = sifted > 0 ? reconciliationEfficiency * sifted * binaryEntropy(wrong / sifted) : 0;
    return link.clockHz * matched[basis] * Math.max(0, secret - leak);
  };
  return { rateBps: rateOf("z") + (form.bases === "both" ? rateOf("x") : 0), bounds };
}

function boundsOf(
  link: LinkParameters,
  prediction: LinkPrediction,
  basis: "z" | "x",
  phaseErrorFrom: "signal" | "best",
): SinglePhotonBounds {
  const gains = perIntensity((k) => exactly(prediction.gains[k]));
  const rates = prediction.qberPerIntensity[basis];
  const errorGains = perIntensity((k) => exactly(rates[k] * prediction.gains[k]));
  return singlePhotonBounds(link.intensities, gains, errorGains, phaseErrorFrom);
}
