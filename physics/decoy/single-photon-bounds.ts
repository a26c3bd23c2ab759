import { checkArgument, rule } from "../../options/index.ts";
import { checkIntensities } from "../check-link.ts";
import type { PerIntensity } from "../link-parameters.ts";

/** Lowest and highest value that a gain or an error gain may have. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

const THREE = rule.several(3, rule.like({ lower: rule.anyNumber, upper: rule.anyNumber }, "an interval"));
const ERRORS = rule.choice("signal", "best");

/** Single-photon quantities that decoy intensities prove, per gate. */
export interface SinglePhotonBounds {
  /** Yield of vacuum pulses, at least. */
  readonly vacuumYield: number;
  /** Yield of single-photon pulses, at least. */
  readonly singleYield: number;
  /** Probability that a single photon gives a wrong click, at most. */
  readonly singleErrorGain: number;
  /** Error rate of single photons, at most one half. */
  readonly singleErrorRate: number;
}

/**
 * Two-decoy bounds of Ma, Qi, Zhao and Lo 2005 for any w, with each gain taken at its unfavourable end. Needs u > v + w.
 * `phaseErrorFrom` chooses the error bound: `signal` reads it from the signal's errors alone, as the T12 protocol does and as
 * small test samples need; `best` also takes v against w, which wins when the samples are large.
 */
export function singlePhotonBounds(
  intensities: PerIntensity,
  gains: PerIntensity<Interval>,
  errorGains: PerIntensity<Interval>,
  phaseErrorFrom: "signal" | "best",
): SinglePhotonBounds {
  checkIntensities(intensities);
  checkArgument("gains", gains, THREE);
  checkArgument("errorGains", errorGains, THREE);
  checkArgument("phaseErrorFrom", phaseErrorFrom, ERRORS);
  const [u, v, w] = intensities;
  const [signal, decoy, dim] = gains;
  const [signalErrors, decoyErrors, dimErrors] = errorGains;
  const [expU, expV, expW] = [Math.exp(u), Math.exp(v), Math.exp(w)];

  const vacuumYield = Math.max(0, (v * dim.lower * expW - w * decoy.upper * expV) / (v - w));
  const spread = v * v - w * w;
  const excess =
    decoy.lower * expV - dim.upper * expW - (spread / (u * u)) * (signal.upper * expU - vacuumYield);
  const singleYield = Math.min(1, Math.max(0, (u * excess) / (u * (v - w) - spread)));

  const byDecoys = (decoyErrors.upper * expV - dimErrors.lower * expW) / (v - w);
  const bySignal = (signalErrors.upper * expU - vacuumYield / 2) / u;
  const singleErrorGain = Math.max(0, phaseErrorFrom === "best" ? Math.min(byDecoys, bySignal) : bySignal);
  const singleErrorRate = singleYield > 0 ? Math.min(0.5, singleErrorGain / singleYield) : 0.5;
  return { vacuumYield, singleYield, singleErrorGain, singleErrorRate };
}

/** An interval without width, for asymptotic statements. */
export const exactly = (value: number): Interval => ({ lower: value, upper: value });
