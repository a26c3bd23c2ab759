import { OBSERVABLES, type ObservableName } from "../observables/observables.ts";
import type { Change, Departure } from "./likelihood.ts";

/** One observable that speaks for a cause, or against it. */
export interface Evidence {
  readonly observable: ObservableName;
  /** How strongly, in standard deviations. */
  readonly sigmas: number;
  readonly text: string;
}

/** Weaker evidence is none. */
const LEAST_SIGMAS = 2;
const MOST_SHOWN = 6;

/** What speaks for and against a cause that foretells these changes. */
export function evidenceOf(all: readonly Departure[]): {
  readonly for: readonly Evidence[];
  readonly against: readonly Evidence[];
} {
  const strongest = (list: readonly Evidence[]) =>
    list.toSorted((a, b) => b.sigmas - a.sigmas).slice(0, MOST_SHOWN);
  // For it: a change that would be odd without it, and is not with it.
  const explained = all.flatMap((departure) => {
    const without = Math.abs(departure.change / departure.sigma);
    const gained = without - Math.abs(departure.z);
    return gained >= LEAST_SIGMAS ? [entry(departure, gained)] : [];
  });
  const unexplained = all.flatMap((departure) =>
    Math.abs(departure.z) >= LEAST_SIGMAS ? [entry(departure, Math.abs(departure.z))] : [],
  );
  return { for: strongest(explained), against: strongest(unexplained) };
}

function entry({ name, change, expected }: Departure, sigmas: number): Evidence {
  const { title } = OBSERVABLES[name];
  const seen = amount(name, change);
  const text = `${title} ${seen} (this cause: ${amount(name, expected)}), ${sigmas.toFixed(1)} sigma`;
  return { observable: name, sigmas: Math.round(sigmas * 10) / 10, text };
}

/** A change in the terms of its scale. */
export function amount(name: ObservableName, change: number): string {
  const { scale, unit } = OBSERVABLES[name];
  const signed = (value: number, digits: number) =>
    `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(digits)}`;
  if (scale === "share") return `${signed(100 * change, 2)} points`;
  if (scale === "plain") return `${signed(change, Math.abs(change) < 1 ? 3 : 1)} ${unit}`.trimEnd();
  return Math.abs(change) > Math.log(3)
    ? `x ${Math.exp(change).toPrecision(2)}`
    : `${signed(100 * Math.expm1(change), 1)} %`;
}

/** What changed most, whatever caused it. */
export function strongestChanges(changes: readonly Change[]): readonly Evidence[] {
  return changes
    .map(({ name, change, sigma }) => ({
      observable: name,
      sigmas: Math.abs(change / sigma),
      text: `${OBSERVABLES[name].title} ${amount(name, change)}`,
    }))
    .filter(({ sigmas }) => sigmas >= LEAST_SIGMAS)
    .sort((a, b) => b.sigmas - a.sigmas)
    .slice(0, MOST_SHOWN);
}
