import {
  type Baseline,
  baselineOfLooks,
  type DatedLook,
  joinSifted,
  type LinkSettings,
  type ObservableName,
  type SiftedCounts,
  sharesOfSifted,
} from "../../../diagnosis/index.ts";
import type { SeenLook } from "./site-look.ts";

/** What was learnt so far of a link that runs. */
export interface Learning {
  readonly looks: readonly DatedLook[];
  readonly sifted: SiftedCounts | null;
  /** Seconds of looks that counted. */
  readonly learntS: number;
}

export const NOTHING_LEARNT: Learning = { looks: [], sifted: null, learntS: 0 };

/** Without these the closed form of the link cannot be fitted. */
const NEEDED: readonly ObservableName[] = ["signalGain", "vacuumGain", "qberZ", "qberX", "zeroShare"];

/** One look of a link that is learnt: its length, and whether the site found nothing wrong with the link all the while. */
export interface LearningStep {
  readonly seen: SeenLook;
  readonly atS: number;
  readonly lookS: number;
  readonly up: boolean;
}

/** Adds a look. One in which the link was not up, or showed too little, is no part of a healthy link. Pure. */
export function learningStep(before: Learning, { seen, atS, lookS, up }: LearningStep): Learning {
  const { look, sifted } = seen;
  if (!up || sifted === null || NEEDED.some((name) => look[name] === undefined)) return before;
  return {
    looks: [...before.looks, { atS, look }],
    sifted: before.sifted === null ? sifted : joinSifted([before.sifted, sifted]),
    learntS: before.learntS + lookS,
  };
}

/** What was learnt. @throws ConfigError QKD_CONFIG_INVALID where it shows no light. */
export function learntBaseline({ looks, sifted }: Learning, settings: LinkSettings): Baseline {
  return baselineOfLooks(looks, sharesOfSifted(sifted ?? { sent: [], sifted: [] }), settings);
}
