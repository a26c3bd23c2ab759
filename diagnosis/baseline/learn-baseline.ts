import { ConfigError } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import { type LookParts, lookAtAll } from "../observables/look-at-all.ts";
import { type Look, OBSERVABLE_NAMES, type ObservableName, type Seen } from "../observables/observables.ts";
import { joinTallies } from "../tally/link-tally.ts";
import type { Baseline } from "./baseline.ts";
import { fitLink, type LinkSettings, type PulseShares, sharesOfTally } from "./fit-link.ts";

/** One look at a link while it is learnt. */
export interface LearningLook extends LookParts {
  /** When it was taken, seconds on any clock. */
  readonly atS: number;
}

/** Looks nearer than this share most of their drift: they count as one. */
const INDEPENDENT_S = 3600;

/**
 * Learns what is usual for a link from its own soak: the mean of all looks, closed-form parameters that show these counts,
 * and how much each observable scatters.
 * @throws ConfigError QKD_CONFIG_INVALID without a look, or where the counts show no light.
 */
export function learnBaseline(looks: readonly LearningLook[], settings: LinkSettings): Baseline {
  checkArgument("looks", looks, rule.list(rule.anyObject, "a list of looks"));
  const seen = looks.map(({ atS, ...parts }) => ({ atS, look: lookAtAll(parts, settings.clockHz) }));
  return baselineOfLooks(seen, sharesOfTally(joinTallies(looks.flatMap(({ slices }) => slices))), settings);
}

/** A look as it was seen, and when: seconds on any clock. */
export interface DatedLook {
  readonly atS: number;
  readonly look: Look;
}

/**
 * The same from looks that were seen already, as a running link gives them.
 * @throws ConfigError QKD_CONFIG_INVALID without a look, or where the counts show no light.
 */
export function baselineOfLooks(
  looks: readonly DatedLook[],
  shares: PulseShares,
  settings: LinkSettings,
): Baseline {
  if (looks.length === 0)
    throw new ConfigError("QKD_CONFIG_INVALID", "a baseline is learnt from at least one look", {
      context: { field: "looks" },
    });
  const look: Partial<Record<ObservableName, Seen>> = {};
  const scatter: Partial<Record<ObservableName, number>> = {};
  for (const name of OBSERVABLE_NAMES) {
    const values = looks.flatMap((one) => one.look[name] ?? []);
    if (values.length === 0) continue;
    look[name] = meanOf(values);
    if (values.length > 1) scatter[name] = excessVariance(values);
  }
  return { link: fitLink(shares, look, settings), look, scatter, independentLooks: independent(looks) };
}

function meanOf(values: readonly Seen[]): Seen {
  const sum = values.reduce((total, { value }) => total + value, 0);
  const square = values.reduce((total, { u }) => total + u ** 2, 0);
  return { value: sum / values.length, u: Math.sqrt(square) / values.length };
}

/** Variance of the values beyond their own uncertainty. */
function excessVariance(values: readonly Seen[]): number {
  const { value: mean } = meanOf(values);
  const variance = values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const ofCounting = values.reduce((sum, { u }) => sum + u ** 2, 0) / values.length;
  return Math.max(0, variance - ofCounting);
}

function independent(looks: readonly Pick<DatedLook, "atS">[]): number {
  let last = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (const { atS } of [...looks].sort((a, b) => a.atS - b.atS)) {
    if (atS - last < INDEPENDENT_S) continue;
    last = atS;
    count += 1;
  }
  return count;
}
