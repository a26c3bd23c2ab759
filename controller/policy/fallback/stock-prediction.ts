import type { SureSupply } from "./block-supply.ts";

/** Least level, bits, that the stock falls to within `horizonMs`: what is there, plus what is sure to come, less the demand. */
export function leastLevel(
  levelBits: number,
  demandBps: number,
  supply: SureSupply,
  horizonMs: number,
): number {
  const at = (ms: number) =>
    levelBits - (demandBps * ms) / 1000 + (supply.bps * Math.max(0, ms - supply.dueInMs)) / 1000;
  // Straight between these times: the demand alone draws until the next block, then the difference of the two.
  return Math.min(at(0), at(Math.min(supply.dueInMs, horizonMs)), at(horizonMs));
}
