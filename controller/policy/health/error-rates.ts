import type { BlockEvidence } from "./block-evidence.ts";
import { type Span, spanOf } from "./count-span.ts";
import { countTest } from "./count-test.ts";
import { type Indicator, LEAST_COUNTS, percent } from "./indicator.ts";

type Basis = "z" | "x";

/** Matched detections of a basis and the wrong ones among them. */
export interface BasisTotals {
  readonly sifted: number;
  readonly errors: number;
}

/** Intercept-resend: error rates above what transmittance and background explain, most in the basis Eve avoids. */
export function errorIndicators(evidence: BlockEvidence): Indicator[] {
  const found = [tooManyErrors(evidence, "z"), tooManyErrors(evidence, "x"), basesDiffer(evidence)];
  return found.filter((indicator) => indicator !== null);
}

/** Whether a basis has fewer errors than the background of this block must make. */
export function tooFewErrors(evidence: BlockEvidence, basis: Basis): boolean {
  const { sifted, errors } = basisTotals(evidence, basis);
  const [mean] = expectedRates(evidence, basis);
  if (sifted * mean < LEAST_COUNTS) return false;
  return mean - errors / sifted >= marginOf(evidence, mean) && judge(evidence, basis, mean).low;
}

export function basisTotals({ report }: BlockEvidence, basis: Basis): BasisTotals {
  const { sifted, errors } = report.counts;
  const from = basis === "z" ? 0 : 3;
  const sum = (values: readonly number[]) => values.slice(from, from + 3).reduce((a, b) => a + b, 0);
  return { sifted: sum(sifted), errors: sum(errors) };
}

function tooManyErrors(evidence: BlockEvidence, basis: Basis): Indicator | null {
  const { sifted, errors } = basisTotals(evidence, basis);
  if (sifted < LEAST_COUNTS) return null;
  const [, mean] = expectedRates(evidence, basis);
  const seen = errors / sifted;
  const { high, sigmas } = judge(evidence, basis, mean);
  if (!high || seen - mean < marginOf(evidence, mean)) return null;
  return {
    name: basis === "z" ? "qberZ" : "qberX",
    attack: "interceptResend",
    evidence: `QBER in ${basis.toUpperCase()} ${percent(seen)} of ${sifted} bits, expected ${percent(mean)} (${sigmas.toFixed(0)} sigma)`,
  };
}

function basesDiffer(evidence: BlockEvidence): Indicator | null {
  const { sigmas, basisDifference } = evidence.thresholds;
  const z = basisTotals(evidence, "z");
  const x = basisTotals(evidence, "x");
  if (z.sifted < LEAST_COUNTS || x.sifted < LEAST_COUNTS) return null;
  const seen = x.errors / x.sifted - z.errors / z.sifted;
  const differences = spanOf(evidence.models.map(({ qber }) => seen - (qber.x - qber.z)));
  // What lies between the models explains a difference of either sign.
  const [least, most] = differences;
  const difference = least > 0 ? least : Math.min(0, most);
  const variance = ({ sifted, errors }: BasisTotals, basis: Basis) =>
    (Math.max(errors, sifted * expectedRates(evidence, basis)[1]) + 1) / sifted ** 2;
  const sigma = Math.sqrt(evidence.dispersion * (variance(z, "z") + variance(x, "x")));
  if (Math.abs(difference) < basisDifference || Math.abs(difference) < sigmas * sigma) return null;
  return {
    name: "basisAsymmetry",
    attack: "interceptResend",
    evidence: `QBER of X and Z differ by ${percent(difference)} more than expected (${(difference / sigma).toFixed(0)} sigma)`,
  };
}

/** Least and most error rate that transmittance and background explain. */
function expectedRates({ models }: BlockEvidence, basis: Basis): Span {
  return spanOf(models.map(({ qber }) => qber[basis]));
}

/** Errors are taken as Poisson, which spreads more than they do. */
function judge(evidence: BlockEvidence, basis: Basis, mean: number) {
  const { sifted, errors } = basisTotals(evidence, basis);
  const { thresholds, dispersion } = evidence;
  return countTest(errors, sifted * mean, thresholds.sigmas, { dispersion });
}

function marginOf({ thresholds }: BlockEvidence, mean: number): number {
  return mean * thresholds.qberRelative + thresholds.qberAbsolute;
}
