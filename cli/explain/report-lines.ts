import { type Doubt, OBSERVABLES, type ObservableName } from "../../diagnosis/index.ts";

/** Causes less likely than this are not printed. */
const WORTH_A_LINE = 0.01;

const DOUBTS: Readonly<Record<Doubt, string>> = {
  probability: "no cause is likely enough",
  misfit: "the likeliest cause leaves too much unexplained",
  noneOfThese: "it may be something that is not in the list",
  indicatorRaised: "a health indicator is raised that a healthy link does not raise",
  attackUnconfirmed: "an eavesdropper cannot be excluded, and no health indicator confirms one",
};

/** What is printed of a diagnosis, whoever made it. */
export interface Reported {
  readonly answer: string;
  readonly causes: readonly {
    readonly title: string;
    readonly severity: string;
    readonly probability: number;
    readonly for: readonly { readonly text: string }[];
    readonly against: readonly { readonly text: string }[];
  }[];
  readonly doubts: readonly string[];
  readonly pair: { readonly text: string } | null;
  readonly noneOfThese: number;
  readonly changes: readonly { readonly text: string; readonly sigmas: number }[];
  readonly missing: readonly string[];
  readonly next: string;
}

/** A diagnosis for people: answer, causes with their evidence, what to do next. */
export function reportLines(
  { answer, causes, doubts, pair, noneOfThese, changes, missing, next }: Reported,
  indicators: readonly { readonly evidence: string }[],
): string {
  const [first] = causes;
  const lines = [
    answer === "not sure"
      ? `NOT SURE: ${doubts.map((doubt) => DOUBTS[doubt as Doubt] ?? doubt).join("; ")}`
      : `ANSWER: ${first!.title} (${first!.severity})`,
    "",
  ];
  for (const { title, severity, probability, ...evidence } of causes) {
    if (probability < WORTH_A_LINE) continue;
    lines.push(`${(100 * probability).toFixed(0).padStart(4)} %  ${title}: ${severity}`);
    for (const { text } of evidence.for) lines.push(`          for      ${text}`);
    for (const { text } of evidence.against) lines.push(`          against  ${text}`);
  }
  if (noneOfThese >= WORTH_A_LINE)
    lines.push(`${(100 * noneOfThese).toFixed(0).padStart(4)} %  none of these`);
  if (pair !== null) lines.push("", `Two at once explain more: ${pair.text}`);
  if (answer === "not sure" && changes.length > 0)
    lines.push(
      "",
      "What changed most:",
      ...changes.map(({ text, sigmas }) => `  ${text}, ${sigmas.toFixed(1)} sigma`),
    );
  if (indicators.length > 0)
    lines.push("", "Health indicators raised:", ...indicators.map(({ evidence }) => `  ${evidence}`));
  if (missing.length > 0) lines.push("", `Not seen here: ${missing.map((name) => titleOf(name)).join(", ")}`);
  return `${[...lines, "", `NEXT: ${next}`].join("\n")}\n`;
}

/** What an observable is called; one that a newer site knows keeps its name. */
const titleOf = (name: string): string => OBSERVABLES[name as ObservableName]?.title ?? name;
