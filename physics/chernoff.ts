/**
 * Confidence limits from Hoeffding's 1963 form of the Chernoff bound (J. Am. Stat. Assoc. 58, 13, theorem 1): for a sum X
 * of N independent variables in [0, 1], not necessarily alike, with mean sum M,
 *   P[X >= x] <= exp(-N D(x/N || M/N)) for x >= M, and likewise P[X <= x] for x <= M,
 * D being the binary relative entropy in nats. Every limit is the outward end of a bisection, so rounding never helps.
 */
const BISECTIONS = 200;

/** N D(x/N || m/N) in nats, stable where m is near x; infinite where the outcome x is impossible under the mean m. */
export function divergenceNats(trials: number, observed: number, mean: number): number {
  const difference = mean - observed;
  const misses = trials - observed;
  const hitPart = observed === 0 ? 0 : -observed * Math.log1p(difference / observed);
  const missPart = misses === 0 ? 0 : -misses * Math.log1p(-difference / misses);
  return Math.max(0, hitPart + missPart);
}

/** Lower limit of the mean sum given `observed` hits in `trials`; fails with probability at most exp(-nats). */
export function meanLowerLimit(trials: number, observed: number, nats: number): number {
  if (observed <= 0) return 0;
  let outside = 0;
  let inside = observed;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (outside + inside) / 2;
    if (divergenceNats(trials, observed, middle) > nats) outside = middle;
    else inside = middle;
  }
  return outside;
}

/** Upper limit of the mean sum given `observed` hits in `trials`; fails with probability at most exp(-nats). */
export function meanUpperLimit(trials: number, observed: number, nats: number): number {
  return trials - meanLowerLimit(trials, trials - observed, nats);
}

/**
 * Lower limit of the number of hits in at least `trials` independent trials of one known probability; fails with
 * probability at most exp(-nats). It grows with `trials`, so a lower limit may be inserted for them.
 */
export function hitsLowerLimit(trials: number, probability: number, nats: number): number {
  if (trials <= 0) return 0;
  const mean = trials * probability;
  let outside = 0;
  let inside = mean;
  if (divergenceNats(trials, 0, mean) <= nats) return 0;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (outside + inside) / 2;
    if (divergenceNats(trials, middle, mean) > nats) outside = middle;
    else inside = middle;
  }
  return outside;
}

/**
 * Upper limit of the number of trials of a known hit probability in which at most `hits` hits were seen; fails with
 * probability at most exp(-nats). It grows with `hits`.
 */
export function trialsUpperLimit(hits: number, probability: number, nats: number): number {
  let inside = hits / probability;
  let outside = inside + 1 + (nats + Math.sqrt(nats * (2 * hits + nats))) / probability;
  while (divergenceNats(outside, hits, outside * probability) <= nats) outside *= 2;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (outside + inside) / 2;
    if (divergenceNats(middle, hits, middle * probability) > nats) outside = middle;
    else inside = middle;
  }
  return outside;
}
