import type { Condition } from "../model/condition.ts";
import type { ObservableName } from "../observables/observables.ts";

/** Who is behind it: nobody, wear or accident, or somebody on the line. */
export type CauseKind = "healthy" | "honest" | "attack";

/** A cause of what a link shows: what it changes, how much it may, and how likely it is before one looks. */
export interface CauseDeclaration {
  readonly title: string;
  readonly kind: CauseKind;
  /** Relative to the others. */
  readonly prior: number;
  /** Points of equal likelihood: the severity first, then whatever else is not known. */
  readonly severities: readonly (readonly number[])[];
  /** How many of the numbers of a severity may lie between the points: the first one, or the first two. */
  readonly continuous?: 1 | 2;
  /** What must have been measured, then and now, for such a severity to be worth considering; nothing where it is left out. */
  readonly needs?: (severity: readonly number[]) => readonly ObservableName[];
  /** A severity in words, without the cause. */
  readonly says: (severity: readonly number[]) => string;
  readonly brings: (condition: Condition, severity: readonly number[]) => Condition;
  /** What to do next. */
  readonly next: string;
}

/** Declares a cause; the severity arrives as separate numbers. */
export function cause(
  declaration: Omit<CauseDeclaration, "says" | "brings"> & {
    readonly says: (severity: number, more: number, third: number) => string;
    readonly brings: (condition: Condition, severity: number, more: number, third: number) => Condition;
  },
): CauseDeclaration {
  const { says, brings, ...rest } = declaration;
  return {
    ...rest,
    says: ([severity = 0, more = 0, third = 0]) => says(severity, more, third),
    brings: (condition, [severity = 0, more = 0, third = 0]) => brings(condition, severity, more, third),
  };
}

/** A severity in decibels. */
export const inDb = (db: number): string => `${Math.abs(db).toFixed(1)} dB`;
