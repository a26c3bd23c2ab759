/**
 * Allowed excess of the error rate of `unseen` items over the rate `rate` seen in `sampled` items, gamma of Lim et al. 2014
 * (eq. 5; Fung, Ma, Chau 2010) with the failure term `count`^2 / epsilon^2 (21 for two decoys, 19 for one).
 */
export function samplingDeviation(
  epsilon: number,
  count: number,
  rate: number,
  sampled: number,
  unseen: number,
): number {
  if (!(rate > 0)) return 0;
  if (!(sampled > 0 && unseen > 0 && rate < 1)) return 1;
  const size = (sampled + unseen) / (sampled * unseen);
  const logarithm = Math.log2((size / ((1 - rate) * rate)) * (count / epsilon) ** 2);
  return Math.sqrt((size * (1 - rate) * rate * Math.max(0, logarithm)) / Math.LN2);
}
