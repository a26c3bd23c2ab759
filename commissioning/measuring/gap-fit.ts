/** Clicks by the gates since the click before, in one detector. */
export interface GapHistogram {
  /** Gap of the first bin, gates, and gates of a bin. */
  readonly firstGap: number;
  readonly binGates: number;
  readonly counts: readonly number[];
  /** Gaps longer than the last bin. */
  readonly beyond: number;
}

/** Afterpulses as the gaps show them. */
export interface AfterpulseFit {
  /** Mean number of afterpulses of a click. */
  readonly probability: number;
  readonly u: number;
  /** Chance of a click a gate without afterpulses, from the tail. */
  readonly steady: number;
}

/** After so many of their longest time constants afterpulses are over, and gaps are geometric. */
const CONSTANTS = 8;
/** The most of the histogram that is left to afterpulses. */
const MOST_SHARE = 0.8;

/**
 * Clicks without memory leave geometric gaps: each gate clicks with the same chance, the hazard. What the hazard of short
 * gaps is above that of the tail are afterpulses; its sum over the gaps is their number a click.
 * `decayGates` is the longest time constant of the traps.
 */
export function fitGaps({ binGates, counts, beyond }: GapHistogram, decayGates: number): AfterpulseFit {
  const total = counts.reduce((sum, count) => sum + count, 0) + beyond;
  let left = total;
  const hazards = counts.map((count) => {
    const before = left;
    left -= count;
    return { count, before, hazard: before > 0 ? count / before : 0 };
  });
  const from = Math.min(MOST_SHARE * hazards.length, Math.max(1, (CONSTANTS * decayGates) / binGates));
  const tail = hazards.slice(Math.floor(from));
  const tailClicks = tail.reduce((sum, { count }) => sum + count, 0);
  const tailGaps = tail.reduce((sum, { before }) => sum + before, 0);
  const steadyBin = tailGaps > 0 ? tailClicks / tailGaps : 0;
  const head = hazards.slice(0, hazards.length - tail.length);
  const probability = head.reduce((sum, { hazard }) => sum + (hazard - steadyBin), 0);
  const variance = head.reduce((sum, { count, before }) => sum + (before > 0 ? count / before ** 2 : 0), 0);
  const ofTail = tailClicks > 0 ? (head.length * steadyBin) / Math.sqrt(tailClicks) : 0;
  return {
    probability,
    u: Math.hypot(Math.sqrt(variance), ofTail),
    steady: steadyBin / binGates,
  };
}
