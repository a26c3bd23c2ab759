const HALF_LOG_TWO_PI = 0.918_938_533_204_672_7;
/** Up to here the exact sum is cheaper than the series is good. */
const SERIES_FROM = 16;

/** ln Gamma(x) for x > 0, relative accuracy about 1e-15 (Stirling series after shifting the argument up). */
export function logGamma(x: number): number {
  if (typeof x !== "number") return Number.NaN;
  if (!(x > 0)) return Number.NaN;
  let shift = 0;
  let argument = x;
  while (argument < SERIES_FROM) {
    shift += Math.log(argument);
    argument += 1;
  }
  return (argument - 0.5) * Math.log(argument) - argument + HALF_LOG_TWO_PI + stirlingError(argument) - shift;
}

/** ln Gamma(x) minus its leading Stirling form (x - 1/2) ln x - x + ln(2 pi) / 2, for x > 0. */
export function stirlingError(x: number): number {
  if (x < SERIES_FROM) return logGamma(x) - ((x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI);
  const inverse = 1 / x;
  const square = inverse * inverse;
  return (
    inverse *
    (1 / 12 -
      square *
        (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360360)))))
  );
}

/**
 * d - ln(1 + d) for the relative deviation d = value / reference - 1: the exponent of gamma and beta densities. Accurate for
 * tiny deviations and for values near zero.
 */
export function relativeDeficit(value: number, reference: number): number {
  const deviation = (value - reference) / reference;
  if (Math.abs(deviation) > 0.5) return deviation - Math.log(value / reference);
  if (Math.abs(deviation) > 0.01) return deviation - Math.log1p(deviation);
  let term = deviation * deviation;
  let sum = 0;
  for (let power = 2; power <= 12; power++) {
    sum += (power % 2 === 0 ? term : -term) / power;
    term *= deviation;
  }
  return sum;
}
