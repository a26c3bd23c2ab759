import { requireInRange } from "../range.ts";
import { increasingRoot } from "./bracketed-root.ts";
import { relativeDeficit, stirlingError } from "./stirling.ts";

const TINY = 1e-300;
/** What is no number would be looked for without an end. */
const POSITIVE = { min: 0, openMin: true } as const;
const INSIDE = { min: 0, max: 1, openMin: true, openMax: true } as const;
const PRECISION = 4e-16;

/**
 * Logarithms of the regularised incomplete beta function I_x(a, b) and of its complement, for a, b > 0. The smaller one is
 * accurate in its far tail, also for arguments of 1e10.
 * @throws ConfigError QKD_PHYSICS_RANGE
 */
export function logIncompleteBeta(
  a: number,
  b: number,
  x: number,
): { readonly lower: number; readonly upper: number } {
  requireInRange("a", a, POSITIVE);
  requireInRange("b", b, POSITIVE);
  requireInRange("x", x, {});
  if (x <= 0) return { lower: Number.NEGATIVE_INFINITY, upper: 0 };
  if (x >= 1) return { lower: 0, upper: Number.NEGATIVE_INFINITY };
  const density = logDensity(a, b, x);
  if (x < (a + 1) / (a + b + 2)) {
    const lower = Math.min(0, density + Math.log(fraction(a, b, x) / a));
    return { lower, upper: Math.log(-Math.expm1(lower)) };
  }
  const upper = Math.min(0, density + Math.log(fraction(b, a, 1 - x) / b));
  return { lower: Math.log(-Math.expm1(upper)), upper };
}

/** x such that I_x(a, b) = probability. */
export function inverseLowerBeta(a: number, b: number, probability: number): number {
  const target = Math.log(requireInRange("probability", probability, INSIDE));
  return quantile(a, b, (x) => logIncompleteBeta(a, b, x).lower - target);
}

/** x such that 1 - I_x(a, b) = probability, exact also for probabilities far below the rounding of 1 - probability. */
export function inverseUpperBeta(a: number, b: number, probability: number): number {
  const target = Math.log(requireInRange("probability", probability, INSIDE));
  return quantile(a, b, (x) => target - logIncompleteBeta(a, b, x).upper);
}

/** Brackets the quantile near the mean, so that huge counts do not lose it between 0 and 1. */
function quantile(a: number, b: number, increasing: (x: number) => number): number {
  requireInRange("a", a, POSITIVE);
  requireInRange("b", b, POSITIVE);
  const mean = a / (a + b);
  const deviation = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
  let low = mean;
  let high = mean;
  for (let reach = 8; low > 0 && increasing(low) > 0; reach *= 2) low = Math.max(0, mean - reach * deviation);
  for (let reach = 8; high < 1 && increasing(high) < 0; reach *= 2)
    high = Math.min(1, mean + reach * deviation);
  return increasingRoot(increasing, low, high);
}

/** ln of x^a (1-x)^b / B(a, b), without cancellation for large a and b. */
function logDensity(a: number, b: number, x: number): number {
  const total = a + b;
  const exponent = a * relativeDeficit(x * total, a) + b * relativeDeficit((1 - x) * total, b);
  const stirling = stirlingError(total) - stirlingError(a) - stirlingError(b);
  return -exponent + stirling + 0.5 * Math.log((a / total) * (b / (2 * Math.PI)));
}

/** Lentz evaluation of the continued fraction of a I_x(a, b) B(a, b) / (x^a (1-x)^b). */
function fraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 1e8; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const factor = d * c;
    h *= factor;
    // What is no number, past the largest arguments, does not become one again.
    if (!(Math.abs(factor - 1) >= PRECISION)) break;
  }
  return h;
}

const nonZero = (value: number) => (Math.abs(value) < TINY ? TINY : value);
