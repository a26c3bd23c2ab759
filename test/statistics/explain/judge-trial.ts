import { healthIndicators } from "../../../controller/index.ts";
import {
  CAUSES,
  type CauseName,
  type Explanation,
  explain,
  type Look,
  learnBaseline,
  lookAtAll,
} from "../../../diagnosis/index.ts";
import type { BroughtName } from "./brought-causes.ts";
import type { PlayedTrial } from "./play-trial.ts";

/** A trial with its diagnosis. */
export interface JudgedTrial {
  readonly cause: BroughtName;
  readonly played: PlayedTrial;
  readonly explanation: Explanation;
  readonly indicators: readonly string[];
  readonly first: CauseName;
}

/** Diagnoses what a trial showed, as the command does; `without` observables that nobody measured. */
export function judgeTrial(played: PlayedTrial, without: readonly string[] = []): JudgedTrial {
  const { cause, settings, soak, now } = played;
  const baseline = learnBaseline(soak, settings);
  const all = Object.entries(lookAtAll(now, settings.clockHz));
  const look: Look = Object.fromEntries(all.filter(([name]) => !without.includes(name)));
  const indicators = healthIndicators(baseline, now.slices, look).map(({ name }) => name);
  const explanation = explain(baseline, look, { indicators });
  return { cause, played, explanation, indicators, first: explanation.causes[0]!.cause };
}

/** Whether somebody on the line is brought, or named. */
export const isAttack = (cause: CauseName): boolean => CAUSES[cause].kind === "attack";
