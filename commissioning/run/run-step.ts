import { knownError } from "../../errors/index.ts";
import type { Say, StepResult } from "../../report/index.ts";
import type { SettingsJournal } from "../journal/settings-journal.ts";
import { verdictOf, worstProblem } from "../limits/judgement.ts";
import type { Step, StepContext, StepOutcome } from "../steps/step.ts";

/** What a step is given by the run: all of its context but what belongs to the step itself. */
export interface StepFrame {
  readonly context: StepContext;
  readonly journal: SettingsJournal;
  /** Names of tables that the step wrote. */
  readonly evidence: readonly string[];
  readonly attempt: number;
}

/** A step that was not run, and why. */
export function unrunStep(step: Step, say: Say, verdict: StepResult["verdict"], reason: string): StepResult {
  const utc = new Date().toISOString();
  return {
    id: step.id,
    number: step.number,
    name: say(step.name),
    verdict,
    reason,
    attempt: 0,
    startedUtc: utc,
    endedUtc: utc,
    durationS: 0,
    checks: [],
    settings: [],
    evidence: [],
    plots: [],
    finding: null,
    remedy: null,
  };
}

/** Runs one step, puts back what it set, and gives its result. An error of the step makes it *unknown*, with the error as reason. */
export async function runStep(step: Step, frame: StepFrame): Promise<StepResult> {
  const { context, journal } = frame;
  const { say, units } = context;
  const startedUtc = new Date().toISOString();
  const began = performance.now();
  let outcome: StepOutcome = { judgements: [] };
  let failure: { readonly reason: string; readonly remedy: string } | null = null;
  try {
    outcome = await step.run(context);
  } catch (error) {
    const { code, message, remedy } = knownError(error);
    failure = { reason: say("why_error", { code, message }), remedy };
  }
  await journal.restore(units);
  const problem = worstProblem(outcome.judgements);
  const { find, fix, values } = problem?.problem ?? {};
  return {
    id: step.id,
    number: step.number,
    name: say(step.name),
    verdict: failure === null ? verdictOf(outcome.judgements) : "unknown",
    reason: failure?.reason ?? outcome.apart ?? problem?.check.reason ?? null,
    attempt: frame.attempt,
    startedUtc,
    endedUtc: new Date().toISOString(),
    durationS: Math.round(performance.now() - began) / 1000,
    checks: outcome.judgements.map(({ check }) => check),
    settings: journal.takeChanges(),
    evidence: [...frame.evidence],
    plots: [...(outcome.plots ?? [])],
    finding: find === undefined ? null : say(find, values),
    remedy: failure?.remedy ?? (fix === undefined ? null : say(fix, values)),
  };
}
