/** Answer to one check, worst last: what cannot be judged counts worse than what is close, and a broken limit worst. */
export const VERDICTS = ["pass", "marginal", "unknown", "fail"] as const;

export type Verdict = (typeof VERDICTS)[number];

/** A measured value with its standard uncertainty `u`, both in `unit`, from `n` readings or counts. */
export interface Quantity {
  readonly value: number;
  readonly unit: string;
  readonly u: number;
  readonly n: number;
}

/** The limits of a check, in the unit of what is measured; null where that side is open. */
export interface LimitRange {
  readonly low: number | null;
  readonly high: number | null;
  /** The value that a healthy link is expected to have: where margins begin. Null where none is known. */
  readonly reference: number | null;
}

/** A verdict with how far the value lies inside the nearer limit (negative: outside) and its expanded uncertainty U = 2u. */
export interface Judged {
  readonly verdict: Verdict;
  readonly margin: number;
  readonly U: number;
}

/** Of the way from the expected value to a limit, the last part that counts as close. */
const CLOSE_SHARE = 0.2;
/** Coverage factor of the expanded uncertainty: 95 % of a normal distribution. JCGM 100 (GUM) 6.3. */
const COVERAGE = 2;

/**
 * Judges a value by the decision rule of the report: *pass* inside by U or more, *marginal* inside by less or in the last
 * fifth of the way from the expected value to the limit, *fail* outside, *unknown* where U exceeds half of the span, so
 * that the reading cannot tell. A value that lies outside by more than U has failed however coarse the reading is.
 * Guard bands as in ILAC-G8 (2019), 4.2.2.
 */
export function judge(measured: Quantity, limit: LimitRange): Judged {
  const U = COVERAGE * measured.u;
  const sides = [
    ...(limit.high === null ? [] : [{ margin: limit.high - measured.value, way: wayTo(limit, limit.high) }]),
    ...(limit.low === null ? [] : [{ margin: measured.value - limit.low, way: wayTo(limit, limit.low) }]),
  ].sort((a, b) => a.margin - b.margin);
  const nearest = sides[0];
  if (nearest === undefined || !Number.isFinite(measured.value) || !Number.isFinite(U))
    return { verdict: "unknown", margin: Number.NaN, U };
  const { margin, way } = nearest;
  const answer = (verdict: Verdict): Judged => ({ verdict, margin, U });
  if (margin < 0 && -margin > U) return answer("fail");
  const span = limit.low !== null && limit.high !== null ? limit.high - limit.low : way;
  if (span !== null && span > 0 && U > span / 2) return answer("unknown");
  if (margin < 0) return answer("fail");
  if (margin < U || (way !== null && margin < CLOSE_SHARE * way)) return answer("marginal");
  return answer("pass");
}

function wayTo({ reference }: LimitRange, end: number): number | null {
  return reference === null ? null : Math.abs(end - reference);
}

/** The worst of several verdicts; `unknown` for none, because nothing was judged. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return "unknown";
  return VERDICTS.findLast((verdict) => verdicts.includes(verdict)) ?? "unknown";
}
