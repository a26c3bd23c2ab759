/** More ways than this leave nothing provable; it also keeps the failure probability of a limit a normal number. */
const MOST = 1e200;

/**
 * Ways in which the frames of a block could have been chosen, each weighted, for the union bound of its statistics.
 *
 * Alice may leave a frame out after Bob has announced his bases for it, and whoever disturbs the alignment of the two
 * transceivers decides which. So the statistics must hold for every choice that could have been made. A choice of s
 * skipped among t frames is given the share 2^-(s+1) / (t (t+1) C(t, s)) of the failure probability, 1/2 where nothing was
 * skipped (the length of the block is fixed then); these shares add up to at most 1. Infinite beyond 1e200.
 */
export function frameChoices(kept: number, skipped: number): number {
  if (skipped === 0) return 2;
  const frames = kept + skipped;
  let log = (skipped + 1) * Math.LN2 + Math.log(frames) + Math.log1p(frames);
  const fewer = Math.min(kept, skipped);
  for (let i = 1; i <= fewer && log < 1e4; i++) log += Math.log((frames - fewer + i) / i);
  const choices = Math.ceil(Math.exp(log));
  return choices <= MOST ? choices : Number.POSITIVE_INFINITY;
}
