/** Kolmogorov-Smirnov distance of numbers from the uniform law on (0, 1), with its two-sided p-value. */
export function uniformity(values: readonly number[]): {
  readonly distance: number;
  readonly pValue: number;
} {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let distance = 0;
  for (const [i, value] of sorted.entries())
    distance = Math.max(distance, (i + 1) / n - value, value - i / n);
  // Stephens' correction makes the limiting law good to a few percent of the tail from n = 20 on.
  const root = Math.sqrt(n);
  return { distance, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * distance) };
}

function kolmogorovTail(lambda: number): number {
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}
