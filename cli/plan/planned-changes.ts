import { dependableRate } from "./dependable-rate.ts";
import type { PlannedLink } from "./plan-report.ts";

/** Something that could be changed about a link. */
export interface Change {
  readonly kind: "loss" | "channel" | "filter" | "block" | "source" | "preset";
  /** What to do, in the imperative. */
  readonly what: string;
  /** What one should know of it. */
  readonly note?: string;
  readonly apply: (planned: PlannedLink) => PlannedLink;
}

/** A change with what the closed form makes of it. */
export interface PlannedChange {
  readonly kind: Change["kind"];
  readonly what: string;
  readonly note: string | null;
  /** Dependable rate with it. */
  readonly rateBps: number;
  readonly gainBps: number;
  /** Rate with it over the rate without; null where there is none without. */
  readonly factor: number | null;
}

/** Evaluates each change by itself on the same link; the one that gains most comes first. */
export function plannedChanges(planned: PlannedLink, changes: readonly Change[]): readonly PlannedChange[] {
  const before = dependableRate(planned).rateBps;
  return changes
    .map(({ kind, what, note, apply }): PlannedChange => {
      const { rateBps } = dependableRate(apply(planned));
      const factor = before > 0 ? rateBps / before : null;
      return { kind, what, note: note ?? null, rateBps, gainBps: rateBps - before, factor };
    })
    .toSorted((a, b) => b.gainBps - a.gainBps);
}
