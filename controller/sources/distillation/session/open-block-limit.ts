import type { AgreedSettings } from "../settings.ts";

/** One is sifted, one is reconciled, one is closed; more where many fit into the cohorts in flight. */
const LEAST = 3;

/** Blocks that may be open at once, alike at both sites. */
export function openBlockLimit({ cohortsInFlight, cohortBits, blockBits }: AgreedSettings): number {
  const inFlight = Math.ceil((cohortsInFlight * cohortBits) / blockBits);
  return Math.min(cohortsInFlight, inFlight) + LEAST;
}
