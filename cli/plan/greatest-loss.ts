import { dependableRate, withMoreLoss, withNoiseSettled } from "./dependable-rate.ts";
import type { PlannedLink } from "./plan-report.ts";

/** Beyond all links that make key. */
const MOST_LOSS_DB = 100;
const CLOSE_ENOUGH_DB = 0.005;

/**
 * The most loss at which a link gives the demand, or any key where nothing is demanded, in decibels; null where it does at no
 * loss. Never above the true one: the side that still gives is told.
 */
export function greatestLossDb(planned: PlannedLink, demandBps: number): number | null {
  const settled = withNoiseSettled(planned);
  const own = planned.link.channelLossDb;
  const gives = (lossDb: number) => {
    const { rateBps } = dependableRate(withMoreLoss(settled, lossDb - own));
    return rateBps > 0 && rateBps >= demandBps;
  };
  const first = [own, 0].find(gives);
  if (first === undefined) return null;
  let [good, bad] = [first, Math.max(MOST_LOSS_DB, own)];
  if (gives(bad)) return bad;
  while (bad - good > CLOSE_ENOUGH_DB) {
    const middle = (good + bad) / 2;
    if (gives(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
