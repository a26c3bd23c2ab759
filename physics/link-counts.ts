import { checkArgument, rule } from "../options/index.ts";
import type { PerIntensity } from "./link-parameters.ts";
import { perIntensity } from "./per-intensity.ts";
import { rangeError, requireInRange } from "./range.ts";

/**
 * What a block or session observed, per basis and intensity: index = basis * 3 + intensity, basis 0 = Z, 1 = X,
 * intensity 0 = u, 1 = v, 2 = w. Both observers in the same basis.
 */
export interface LinkCounts {
  /** Pulses that Alice sent in that basis and intensity, whatever basis Bob chose. */
  readonly sent: readonly number[];
  /** Matched-basis detections. */
  readonly sifted: readonly number[];
  /** Wrong bits among `sifted`. */
  readonly errors: readonly number[];
}

/** Counts of one basis in the order u, v, w. */
export interface BasisCounts {
  readonly sent: PerIntensity;
  readonly sifted: PerIntensity;
  readonly errors: PerIntensity;
  readonly siftedTotal: number;
  readonly errorTotal: number;
}

const NUMBERS = rule.list(rule.anyNumber, "a list of numbers");
const COUNTS = rule.like(
  { sent: NUMBERS, sifted: NUMBERS, errors: NUMBERS },
  "lists of numbers sent, sifted and errors",
);

/** Refuses what has not the form of counts. */
export function checkCountsForm(counts: LinkCounts): void {
  checkArgument("counts", counts, COUNTS);
}

/**
 * Refuses counts that no measurement gives: wrong length, negative, more errors than sifted, more sifted than sent.
 * Expected counts need not be whole.
 * @throws ConfigError QKD_PHYSICS_RANGE.
 */
export function checkCounts(counts: LinkCounts): void {
  checkCountsForm(counts);
  for (const field of ["sent", "sifted", "errors"] as const) {
    if (counts[field].length !== 6) throw rangeError(`counts.${field}.length`, counts[field].length, "6");
    for (const [index, count] of counts[field].entries()) {
      requireInRange(`counts.${field}[${index}]`, count, { min: 0, max: Number.MAX_SAFE_INTEGER });
    }
  }
  for (let index = 0; index < 6; index++) {
    const sent = counts.sent[index] ?? 0;
    const sifted = counts.sifted[index] ?? 0;
    requireInRange(`counts.sifted[${index}]`, sifted, { min: 0, max: sent });
    requireInRange(`counts.errors[${index}]`, counts.errors[index] ?? 0, { min: 0, max: sifted });
  }
}

/** The counts of one basis. */
export function countsOfBasis(counts: LinkCounts, basis: "z" | "x"): BasisCounts {
  const first = basis === "z" ? 0 : 3;
  const pick = (values: readonly number[]) => perIntensity((k) => values[first + k] ?? 0);
  const sifted = pick(counts.sifted);
  const errors = pick(counts.errors);
  const sum = (values: PerIntensity) => values[0] + values[1] + values[2];
  return { sent: pick(counts.sent), sifted, errors, siftedTotal: sum(sifted), errorTotal: sum(errors) };
}
