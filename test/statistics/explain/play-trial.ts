import type { CollectedLook } from "../../../cli/index.ts";
import type { LearningLook, LinkSettings } from "../../../diagnosis/index.ts";
import { BROUGHT, type Brought, type BroughtName, clockOf } from "./brought-causes.ts";
import { emulatedLook } from "./emulated-look.ts";
import { type InstalledLink, installedLink } from "./installed-link.ts";
import { moreDrift } from "./more-drift.ts";
import { Seeded } from "./seeded.ts";

/** Looks of the soak that a link is learnt from, days apart. */
const SOAK_LOOKS = 3;
const SOAK_SLICES = 8;
const DAY_S = 86_400;

/** What a link showed while it was learnt, and after something was brought onto it: nothing is judged yet. */
export interface PlayedTrial {
  readonly cause: BroughtName;
  readonly seed: number;
  readonly preset: string;
  readonly lossDb: number;
  readonly severity: number;
  readonly settings: LinkSettings;
  readonly soak: readonly LearningLook[];
  readonly now: CollectedLook;
}

/** Plays a trial through drivers. `drift` is how many times the usual drift moves the link. */
export async function playTrial(cause: BroughtName, seed: number, drift: number): Promise<PlayedTrial> {
  const draw = new Seeded(seed);
  const { clockHz, lookS, mostLossDb } = clockOf(cause);
  const installed = installedLink(draw, clockHz, mostLossDb);
  const brought: Brought = BROUGHT[cause](draw, installed);
  const lookAt = (at: number, order: { lookS: number; slices: number; brought?: Brought }) =>
    emulatedLook({
      installed,
      seed: seed * 8 + at,
      ...driftOf(installed, new Seeded(seed * 31 + at + 7), drift, order.brought),
      ...order,
    });
  const soak: LearningLook[] = [];
  for (let at = 0; at < SOAK_LOOKS; at++)
    soak.push({ atS: at * DAY_S, ...(await lookAt(at, { lookS: lookS / 3, slices: SOAK_SLICES })) });
  const { intensities, deadGates, channelLossDb: lossDb } = installed.link;
  return {
    cause,
    seed,
    preset: installed.preset,
    lossDb,
    severity: brought.severity,
    settings: { clockHz, intensities, deadGates },
    soak,
    now: await lookAt(SOAK_LOOKS, { lookS, slices: 20, brought }),
  };
}

function driftOf(installed: InstalledLink, draw: Seeded, times: number, brought: Brought | undefined) {
  return times === 1 ? {} : moreDrift(installed, draw, times, brought);
}
