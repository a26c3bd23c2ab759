import {
  type Check,
  type CheckLimit,
  type CheckVerdict,
  judge,
  type Origin,
  type Quantity,
  type Say,
  type TextId,
  type TextValues,
  VERDICTS,
} from "../../report/index.ts";

/** What is wrong when a check is not passed, and what to do: names of the catalogue with their values. */
export interface Problem {
  readonly find: TextId;
  readonly fix: TextId;
  readonly values?: TextValues;
}

/** A check with what its step says when it is not passed. */
export interface Judgement {
  readonly check: Check;
  readonly problem?: Problem | undefined;
}

/** What a check is called: its name in the catalogue is `check_` and this, ends and numbers of parts taken off. */
export interface CheckName {
  readonly id: string;
  readonly text: TextId;
  readonly values?: TextValues;
}

/** Where a limit comes from, in words of the catalogue. */
export interface LimitSource {
  readonly origin: Origin;
  readonly text: TextId;
  readonly values?: TextValues;
}

/** Ends of a limit; a side that is left out is open. */
export interface LimitEnds {
  readonly low?: number;
  readonly high?: number;
  readonly reference?: number;
}

/** Makes checks in one language. */
export class Judging {
  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
  }

  /** A measured value against its limits. */
  measured(
    name: CheckName,
    measured: Quantity,
    ends: LimitEnds,
    source: LimitSource,
    problem?: Problem,
  ): Judgement {
    const limit = this.#limit(ends, source);
    const { verdict, margin, U } = judge(measured, limit);
    const reason = verdict === "unknown" ? this.#say("why_coarse") : null;
    const check: Check = {
      id: name.id,
      name: this.#say(name.text, name.values),
      measured: Number.isFinite(measured.value) && Number.isFinite(measured.u) ? measured : null,
      limit,
      margin: Number.isFinite(margin) ? margin : null,
      U: Number.isFinite(U) ? U : null,
      verdict,
      shown: null,
      reason: Number.isFinite(margin) ? reason : this.#say("why_noReading"),
    };
    return { check, problem };
  }

  /** A count of what must not happen. */
  none(name: CheckName, count: number, of: number, source: LimitSource, problem?: Problem): Judgement {
    return this.measured(
      name,
      { value: count, unit: "", u: 0, n: of },
      { high: 0, reference: 0 },
      source,
      problem,
    );
  }

  /** Something that is so or not, in words. */
  stated(
    name: CheckName,
    holds: boolean,
    shown: { readonly measured: string; readonly limit: string },
    source: LimitSource,
    problem?: Problem,
  ): Judgement {
    const check: Check = {
      id: name.id,
      name: this.#say(name.text, name.values),
      measured: { value: holds ? 0 : 1, unit: "", u: 0, n: 1 },
      limit: this.#limit({ high: 0, reference: 0 }, source),
      margin: null,
      U: null,
      verdict: holds ? "pass" : "fail",
      shown,
      reason: null,
    };
    return { check, problem };
  }

  /** Something that nobody could judge. */
  unknown(name: CheckName, reason: TextId, values?: TextValues): Judgement {
    return { check: this.#unjudged(name, "unknown", this.#say(reason, values)) };
  }

  /** Something that this link or these units do not have. */
  notApplicable(name: CheckName, reason: TextId, values?: TextValues): Judgement {
    return { check: this.#unjudged(name, "notApplicable", this.#say(reason, values)) };
  }

  #unjudged({ id, text, values }: CheckName, verdict: CheckVerdict, reason: string): Check {
    const name = this.#say(text, values);
    return { id, name, measured: null, limit: null, margin: null, U: null, verdict, shown: null, reason };
  }

  #limit({ low, high, reference }: LimitEnds, { origin, text, values }: LimitSource): CheckLimit {
    return {
      low: low ?? null,
      high: high ?? null,
      reference: reference ?? null,
      origin,
      ref: this.#say(text, values),
    };
  }
}

const rank = (verdict: CheckVerdict): number =>
  verdict === "notApplicable" ? -1 : VERDICTS.indexOf(verdict);

/** The first of the worst judgements that has something to say; undefined where all passed. */
export function worstProblem(judgements: readonly Judgement[]): Judgement | undefined {
  const open = judgements.filter(({ check }) => rank(check.verdict) > 0);
  const worst = Math.max(-1, ...open.map(({ check }) => rank(check.verdict)));
  return open.find(({ check, problem }) => rank(check.verdict) === worst && problem !== undefined);
}

/** Verdict of a step: the worst of its checks; `notApplicable` where none of them applies. */
export function verdictOf(judgements: readonly Judgement[]): CheckVerdict {
  const worst = Math.max(-1, ...judgements.map(({ check }) => rank(check.verdict)));
  return VERDICTS[worst] ?? "notApplicable";
}
