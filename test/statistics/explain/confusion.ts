import { CAUSES, type CauseName } from "../../../diagnosis/index.ts";
import { BROUGHT_NAMES, type BroughtName } from "./brought-causes.ts";
import { isAttack, type JudgedTrial } from "./judge-trial.ts";

/** How often what was named first, out of how many. */
export interface Confusion {
  readonly trials: number;
  readonly rightFirst: number;
  readonly rightInTwo: number;
  /** Links without an attack, and how many of them were called attacked, first or as the answer. */
  readonly honest: number;
  readonly honestCalledAttacked: number;
  readonly notSure: number;
  /** Trials with an answer, and those of them that are right. */
  readonly answered: number;
  readonly answeredRight: number;
  readonly rows: readonly {
    readonly cause: BroughtName;
    readonly trials: number;
    readonly first: readonly (readonly [CauseName, number])[];
  }[];
}

export function confusionOf(trials: readonly JudgedTrial[]): Confusion {
  const count = (of: readonly JudgedTrial[], when: (trial: JudgedTrial) => boolean) => of.filter(when).length;
  const honest = trials.filter(({ cause }) => !isAttack(cause));
  const answered = trials.filter(({ explanation }) => explanation.answer !== "not sure");
  return {
    trials: trials.length,
    rightFirst: count(trials, ({ cause, first }) => first === cause),
    rightInTwo: count(trials, ({ cause, explanation }) =>
      explanation.causes.slice(0, 2).some((one) => one.cause === cause),
    ),
    honest: honest.length,
    honestCalledAttacked: count(honest, ({ first }) => isAttack(first)),
    notSure: trials.length - answered.length,
    answered: answered.length,
    answeredRight: count(answered, ({ cause, explanation }) => explanation.answer === cause),
    rows: BROUGHT_NAMES.flatMap((cause) => {
      const own = trials.filter((trial) => trial.cause === cause);
      if (own.length === 0) return [];
      const named = new Map<CauseName, number>();
      for (const { first } of own) named.set(first, (named.get(first) ?? 0) + 1);
      return [{ cause, trials: own.length, first: [...named].sort(([, a], [, b]) => b - a) }];
    }),
  };
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;

/** Figures of several runs, each beside the others, as Markdown. */
export function summaryTable(runs: Readonly<Record<string, Confusion>>): string {
  const lines = Object.entries(runs).map(([title, c]) =>
    [
      title,
      `${c.rightFirst} of ${c.trials}, ${percent(c.rightFirst, c.trials)}`,
      percent(c.rightInTwo, c.trials),
      `${c.honestCalledAttacked} of ${c.honest}`,
      `${c.notSure} of ${c.trials}`,
      `${c.answeredRight} of ${c.answered}, ${percent(c.answeredRight, c.answered)}`,
    ].join(" | "),
  );
  return [
    "| run | right first | in the first two | eavesdropper on honest links | not sure | answers that are right |",
    "|---|---|---|---|---|---|",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}

/** What was named first for each cause, as Markdown. */
export function confusionTable({ rows }: Confusion): string {
  return [
    "| brought | right first | named instead |",
    "|---|---|---|",
    ...rows.map(({ cause, trials, first }) => {
      const right = first.find(([name]) => name === cause)?.[1] ?? 0;
      const others = first.filter(([name]) => name !== cause).map(([name, times]) => `\`${name}\` ${times}`);
      return `| \`${cause}\`: ${CAUSES[cause].title} | ${right} of ${trials} | ${others.join(", ")} |`;
    }),
  ].join("\n");
}
