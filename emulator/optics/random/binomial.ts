/** Uniform numbers in (0, 1). */
export type Uniform = () => number;

/** ln k! by the Stirling series, exact to double precision for every k >= 0. */
function logFactorial(k: number): number {
  let value = k + 1;
  let shift = 0;
  while (value < 12) shift += Math.log(value++);
  const inverse = 1 / value;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (value - 0.5) * Math.log(value) - value + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/**
 * Exact binomial number of `n` trials with probability `p`: inversion for small means, else Hoermann's transformed
 * rejection BTRS (W. Hoermann, "The generation of binomial random variates", 1993).
 */
export function drawBinomial(n: number, p: number, uniform: Uniform): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, uniform);
  return n * p < 10 ? byInversion(n, p, uniform) : byRejection(n, p, uniform);
}

/** Sums geometric waiting times until they pass n. */
function byInversion(n: number, p: number, uniform: Uniform): number {
  const log = Math.log1p(-p);
  let position = 0;
  for (let successes = 0; ; successes++) {
    position += Math.floor(Math.log(uniform()) / log) + 1;
    if (position > n) return successes;
  }
}

function byRejection(n: number, p: number, uniform: Uniform): number {
  const sigma = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * sigma;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const vr = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * sigma;
  const logOdds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const peak = logFactorial(mode) + logFactorial(n - mode);
  for (;;) {
    const u = uniform() - 0.5;
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    const v = uniform();
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= vr) return k;
    const bound = Math.log((v * alpha) / (a / (us * us) + b));
    if (bound <= peak - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds) return k;
  }
}
