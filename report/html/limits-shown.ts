import type { Check, CheckLimit, StepResult } from "../report.ts";
import type { Say } from "../texts/say.ts";
import { decimalsFor, figure, withUnit } from "./figures.ts";

/** What is measured, with its unit. */
export function measuredShown(check: Check): { readonly value: string; readonly unit: string } {
  if (check.shown !== null) return { value: check.shown.measured, unit: "" };
  if (check.measured === null) return { value: "–", unit: "" };
  return { value: figure(check.measured.value, decimalsOfCheck(check)), unit: check.measured.unit };
}

/** The limit as ≤ 5.70, ≥ 0.95, ±10 or 0.98 … 1.02. */
export function limitShown(check: Check): string {
  if (check.shown !== null) return check.shown.limit;
  const { limit } = check;
  if (limit === null) return "–";
  const of = (value: number) => figure(value, limitDecimals(limit));
  if (limit.low === null)
    return limit.high === null ? "–" : limit.high === 0 ? "0" : `≤\u202f${of(limit.high)}`;
  if (limit.high === null) return `≥\u202f${of(limit.low)}`;
  return limit.low === -limit.high ? `±${of(limit.high)}` : `${of(limit.low)} … ${of(limit.high)}`;
}

/** As 0.41 of 0.50 dB, U 0.06. */
export function sentenceOf(check: Check, say: Say): string {
  const { value, unit } = measuredShown(check);
  if (check.shown !== null || check.U === null || check.limit === null) return value;
  return say("measuredOfLimit", {
    measured: value,
    limit: withUnit(limitShown(check), unit),
    U: figure(check.U, decimalsOfCheck(check)),
  });
}

/** The margin or U with the decimals of what was measured. */
export function marginShown(check: Check, value: number | null): string {
  // A count of what must not happen has no margin to speak of.
  const counted = check.limit?.high === 0 && check.U === 0;
  return value === null || check.shown !== null || counted ? "" : figure(value, decimalsOfCheck(check));
}

function decimalsOfCheck({ measured, limit }: Check): number {
  const own = measured === null ? 0 : decimalsFor(measured.value, 2 * measured.u);
  return Math.max(own, limit === null ? 0 : Math.min(4, limitDecimals(limit)));
}

function limitDecimals({ low, high }: CheckLimit): number {
  const ends = [low, high].filter((end) => end !== null);
  const most = Math.max(0, ...ends.map(Math.abs));
  if (ends.every(Number.isInteger)) return 0;
  return most === 0 ? 0 : Math.max(0, Math.min(5, 2 - Math.floor(Math.log10(most))));
}

/** A check with its step, in the order of closeness to the limit, in units of U; what has no margin is left out. */
export interface Nearness {
  readonly step: StepResult;
  readonly check: Check;
  /** Margin divided by U. */
  readonly margin: number;
}

export function nearestToLimit(steps: readonly StepResult[]): readonly Nearness[] {
  return steps
    .flatMap((step) =>
      step.checks.flatMap((check) =>
        check.margin === null || check.U === null || !(check.U > 0) || check.verdict === "notApplicable"
          ? []
          : [{ step, check, margin: check.margin / check.U }],
      ),
    )
    .sort((a, b) => a.margin - b.margin);
}
