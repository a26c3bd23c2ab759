import type { BlockEvidence } from "./block-evidence.ts";
import { spanOf } from "./count-span.ts";
import { countTest } from "./count-test.ts";
import { basisTotals } from "./error-rates.ts";
import { type Indicator, LEAST_COUNTS, percent } from "./indicator.ts";
import type { LoadedLink } from "./loaded-link.ts";

/**
 * Time-shift attack on detectors of unequal gates: arrival times that favour one detector favour its bit. Both sites
 * judge Alice's bits, so they come to the same result.
 */
export function detectorBalanceIndicator(evidence: BlockEvidence): Indicator | null {
  return unbalanced(evidence, "z") ?? unbalanced(evidence, "x");
}

function unbalanced(evidence: BlockEvidence, basis: "z" | "x"): Indicator | null {
  const { report, thresholds } = evidence;
  const { sifted } = basisTotals(evidence, basis);
  if (sifted < 2 * LEAST_COUNTS) return null;
  const seen = report.ones[basis];
  const shares = spanOf(evidence.models.map((model) => expectedShareOfOnes(evidence, model, basis)));
  // The nearest of the shares that transmittance and background explain.
  const share = Math.min(shares[1], Math.max(shares[0], seen / sifted));
  // A binomial count spreads less than a Poisson one by the other outcome's share.
  const spread = evidence.dispersion * (1 - share);
  const { high, low, sigmas } = countTest(seen, share * sifted, thresholds.sigmas, { dispersion: spread });
  if (!(high || low) || Math.abs(seen / sifted - share) < thresholds.balanceDifference) return null;
  return {
    name: "detectorBalance",
    attack: "timeShift",
    evidence: `${percent(seen / sifted)} of the ${sifted} bits in ${basis.toUpperCase()} are 1, expected ${percent(share)} (${sigmas.toFixed(0)} sigma)`,
  };
}

/** Share of Alice's bits that are 1 among matched detections, to first order in the light. */
function expectedShareOfOnes({ expected }: BlockEvidence, model: LoadedLink, basis: "z" | "x"): number {
  const { link } = expected;
  const wrong = link.misalignment[basis];
  const arriving =
    model.transmittance *
    link.intensities.reduce((sum, mean, k) => sum + mean * (link.intensityProbabilities[k] ?? 0), 0);
  const [eta0, eta1] = link.detectorEfficiency;
  const ofBit = (own: number, other: number) =>
    arriving * (own * (1 - wrong) + other * wrong) + model.background;
  const [zero, one] = [ofBit(eta0, eta1), ofBit(eta1, eta0)];
  return zero + one > 0 ? one / (zero + one) : 0.5;
}
