import type { CollectedLook } from "../../../cli/index.ts";
import {
  type Baseline,
  type Explanation,
  explain,
  type Look,
  learnBaseline,
  lookAtReadings,
  lookAtTallies,
} from "../../../diagnosis/index.ts";
import { BROUGHT, type Brought, type BroughtName, clockOf } from "./brought-causes.ts";
import { emulatedLook } from "./emulated-look.ts";
import { type InstalledLink, installedLink } from "./installed-link.ts";
import { moreDrift } from "./more-drift.ts";
import { Seeded } from "./seeded.ts";

/** Looks of the soak that a link is learnt from, days apart, and the slices of each. */
const SOAK_LOOKS = 4;
const SOAK_SLICES = 8;
const DAY_S = 86_400;

/** A trial: a link is learnt, something is brought onto it, and it is looked at again. */
export interface Trial {
  readonly cause: BroughtName;
  readonly seed: number;
  readonly preset: string;
  readonly severity: number;
  readonly baseline: Baseline;
  readonly now: Look;
  readonly collected: CollectedLook;
}

/** Plays a trial through drivers. `drift` is how many times the usual drift moves the link. */
export async function playTrial(cause: BroughtName, seed: number, drift = 1): Promise<Trial> {
  const draw = new Seeded(seed);
  const { clockHz, lookS } = clockOf(cause);
  const installed = installedLink(draw, clockHz, cause === "saturation" ? 9 : 18);
  const brought: Brought = BROUGHT[cause](draw, installed);
  const look = (
    at: number,
    more: { readonly lookS: number; readonly slices: number; readonly brought?: Brought },
  ) =>
    emulatedLook({
      installed,
      seed: seed * 8 + at,
      ...driftOf(installed, seed, at, drift, more.brought),
      ...more,
    });
  const soak = [];
  for (let at = 0; at < SOAK_LOOKS; at++)
    soak.push({ atS: at * DAY_S, ...(await look(at, { lookS: lookS / SOAK_LOOKS, slices: SOAK_SLICES })) });
  const { intensities, deadGates } = installed.link;
  const baseline = learnBaseline(soak, { clockHz, intensities, deadGates });
  const collected = await look(SOAK_LOOKS, { lookS, slices: 20, brought });
  const now = { ...lookAtTallies(collected.slices, clockHz), ...lookAtReadings(collected.readings) };
  return { cause, seed, preset: installed.preset, severity: brought.severity, baseline, now, collected };
}

function driftOf(installed: InstalledLink, seed: number, at: number, times: number, brought?: Brought) {
  return times === 1 ? {} : moreDrift(installed, new Seeded(seed * 31 + at + 7), times, brought);
}

export const explained = ({ baseline, now }: Trial, indicators: readonly string[]): Explanation =>
  explain(baseline, now, { indicators });
