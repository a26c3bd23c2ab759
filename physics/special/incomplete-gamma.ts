import { requireInRange } from "../range.ts";
import { increasingRoot } from "./bracketed-root.ts";
import { relativeDeficit, stirlingError } from "./stirling.ts";

const TINY = 1e-300;
/** What is no number would be looked for without an end. */
const POSITIVE = { min: 0, openMin: true } as const;
const PRECISION = 1e-16;
/** Above this a series and fraction take thousands of steps, and Temme's expansion is good to about 1e-10. */
const UNIFORM_FROM = 1e5;

/**
 * Logarithms of the regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P, a > 0, x >= 0. The smaller one is
 * accurate in its far tail, also for a of 1e10.
 * @throws ConfigError QKD_PHYSICS_RANGE
 */
export function logIncompleteGamma(a: number, x: number): { readonly lower: number; readonly upper: number } {
  requireInRange("a", a, POSITIVE);
  requireInRange("x", x, {});
  if (x <= 0) return { lower: Number.NEGATIVE_INFINITY, upper: 0 };
  if (a > UNIFORM_FROM) return logUniformExpansion(a, x);
  const density = logDensity(a, x);
  if (x < a + 1) {
    const lower = Math.min(0, density + Math.log(lowerSeries(a, x)));
    return { lower, upper: Math.log(-Math.expm1(lower)) };
  }
  const upper = Math.min(0, density + Math.log(a * upperFraction(a, x)));
  return { lower: Math.log(-Math.expm1(upper)), upper };
}

/** x such that P(a, x) = probability. */
export function inverseLowerGamma(a: number, probability: number): number {
  requireInRange("a", a, POSITIVE);
  requireInRange("probability", probability, { max: 1, openMax: true });
  if (probability <= 0) return 0;
  const target = Math.log(probability);
  return quantile(a, (x) => logIncompleteGamma(a, x).lower - target);
}

/** x such that Q(a, x) = probability, exact also for probabilities of 1e-30, where 1 - probability would round to one. */
export function inverseUpperGamma(a: number, probability: number): number {
  requireInRange("a", a, POSITIVE);
  requireInRange("probability", probability, { min: 0, openMin: true });
  if (probability >= 1) return 0;
  const target = Math.log(probability);
  return quantile(a, (x) => target - logIncompleteGamma(a, x).upper);
}

function quantile(a: number, increasing: (x: number) => number): number {
  let reach = 8;
  let low = Math.max(0, a - reach * Math.sqrt(a));
  let high = a + reach * Math.sqrt(a) + reach * reach;
  while (increasing(high) < 0) {
    reach *= 2;
    low = high;
    high = a + reach * Math.sqrt(a) + reach * reach;
  }
  if (low > 0 && increasing(low) > 0) low = 0;
  return increasingRoot(increasing, low, high);
}

/** First term of Temme's uniform expansion (DLMF 8.12.3, 8.12.4, 8.12.8): a normal tail with a correction. */
function logUniformExpansion(a: number, x: number): { readonly lower: number; readonly upper: number } {
  const exponent = a * relativeDeficit(x, a);
  const beyond = x > a;
  const skew = Math.sqrt((2 * exponent) / a);
  const eta = beyond ? skew : -skew;
  const first = Math.abs(eta) < 0.01 ? -1 / 3 + eta / 12 - (2 * eta * eta) / 135 : a / (x - a) - 1 / eta;
  const normalTail = logIncompleteGamma(0.5, exponent).upper - Math.LN2;
  const correction =
    (beyond ? first : -first) * Math.exp(-exponent - 0.5 * Math.log(2 * Math.PI * a) - normalTail);
  const tail = Math.min(0, normalTail + Math.log1p(correction));
  const rest = Math.log(-Math.expm1(tail));
  return beyond ? { lower: rest, upper: tail } : { lower: tail, upper: rest };
}

/** ln of x^a e^-x / Gamma(a + 1), without cancellation for large a. */
function logDensity(a: number, x: number): number {
  return -a * relativeDeficit(x, a) - 0.5 * Math.log(2 * Math.PI * a) - stirlingError(a);
}

/** Sum of x^n / ((a+1)...(a+n)), n from 0: P(a, x) is it times x^a e^-x / Gamma(a + 1). */
function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz evaluation of the continued fraction of Q(a, x) Gamma(a) / (x^a e^-x). */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1e8; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < PRECISION * 4) break;
  }
  return h;
}

const nonZero = (value: number) => (Math.abs(value) < TINY ? TINY : value);
