import type { LinkParameters, PerBasis } from "../../physics/index.ts";
import type { ObservableName, ObservableValues } from "../observables/observables.ts";

/** A share of the time in which the interferometers mislead this much of the light. */
export interface Spell {
  readonly weight: number;
  readonly misalignment: PerBasis;
}

/** A link in some condition, as far as the observables tell: what a cause changes. */
export interface Condition {
  readonly link: LinkParameters;
  /** Where the misalignment changes over a look; empty while it is that of `link`. */
  readonly spells: readonly Spell[];
  /** Sine of the phase error, mean over the time. */
  readonly phaseSine: number;
  /** Relative spread of the clicks over slices. */
  readonly clickScatter: number;
  /** Spread of the error rate over slices. */
  readonly errorScatter: number;
  /** Bias of the detectors above breakdown, volt. */
  readonly excessBiasV: number;
  /** Changes since the link was built of what the closed form says nothing about: readings, frames that do not match. */
  readonly readings: Readonly<Partial<Record<ObservableName, number>>>;
  /** What somebody on the line does to the expected observables. */
  readonly beside: ((honest: ObservableValues, link: LinkParameters) => ObservableValues) | null;
}

/** Excess bias of the detectors as built, volt: the usual one of InGaAs diodes gated at 1 GHz. */
export const NOMINAL_EXCESS_V = 2.5;

export function asBuilt(link: LinkParameters): Condition {
  return {
    link,
    spells: [],
    phaseSine: 0,
    clickScatter: 0,
    errorScatter: 0,
    excessBiasV: NOMINAL_EXCESS_V,
    readings: {},
    beside: null,
  };
}

/** The same with other link parameters. */
export const withLink = (condition: Condition, change: Partial<LinkParameters>): Condition => ({
  ...condition,
  link: { ...condition.link, ...change },
});

/** The same with so much more loss between Alice's output and Bob's detectors. */
export const withLoss = (condition: Condition, db: number): Condition =>
  withLink(condition, { channelLossDb: Math.max(0, condition.link.channelLossDb + db) });

/** The same with readings that moved by so much more. */
export function withReadings(
  condition: Condition,
  changes: Readonly<Partial<Record<ObservableName, number>>>,
): Condition {
  const readings: Partial<Record<ObservableName, number>> = { ...condition.readings };
  for (const [name, change] of Object.entries(changes) as [ObservableName, number][])
    readings[name] = (readings[name] ?? 0) + change;
  return { ...condition, readings };
}

/** Misalignment with the interference contrast taken down to this share. */
export function withContrast({ z, x }: PerBasis, share: number): PerBasis {
  const of = (wrong: number) => (1 - (1 - 2 * wrong) * share) / 2;
  return { z: of(z), x: of(x) };
}
