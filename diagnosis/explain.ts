import { checkArgument, rule } from "../options/index.ts";
import { alike } from "./advice/look-alikes.ts";
import type { Baseline } from "./baseline/baseline.ts";
import type { CauseDeclaration } from "./causes/cause.ts";
import { CAUSES, type CauseName } from "./causes/causes.ts";
import { type Evidence, evidenceOf, strongestChanges } from "./inference/evidence.ts";
import { changesSince } from "./inference/likelihood.ts";
import { misfits } from "./inference/misfit.ts";
import { bestPair } from "./inference/pairs.ts";
import { posteriorOf, type Weighed } from "./inference/posterior.ts";
import { type Look, OBSERVABLE_NAMES, type ObservableName } from "./observables/observables.ts";

/** A cause with its probability and what speaks for and against it. */
export interface ExplainedCause {
  readonly cause: CauseName;
  readonly title: string;
  readonly probability: number;
  /** Its best-fitting severity in words. */
  readonly severity: string;
  readonly for: readonly Evidence[];
  readonly against: readonly Evidence[];
}

/** Why there is no single answer. */
export type Doubt = "probability" | "misfit" | "noneOfThese" | "attackUnconfirmed" | "indicatorRaised";

/** What a diagnosis says. */
export interface Explanation {
  /** Likeliest first; an attack that nothing else confirms stands behind the likeliest honest cause. */
  readonly causes: readonly ExplainedCause[];
  readonly answer: CauseName | "not sure";
  readonly doubts: readonly Doubt[];
  /** Two causes that together explain more, where no single one explains enough. */
  readonly pair: { readonly causes: readonly [CauseName, CauseName]; readonly text: string } | null;
  /** Probability that it is none of the causes in the list. */
  readonly noneOfThese: number;
  /** What changed most, whatever the cause. */
  readonly changes: readonly Evidence[];
  /** What the baseline holds and this look does not: nothing was concluded from it. */
  readonly missing: readonly ObservableName[];
  readonly next: string;
}

/** What is known beside the observables. */
export interface ExplainOptions {
  /** Names of the health indicators of an eavesdropper that are raised: without one no attack stands first. */
  readonly indicators: readonly string[];
}

/** Below this probability the first cause is no answer. */
const LEAST_PROBABILITY = 0.6;
/** An attack stands first only above this. */
const LEAST_FOR_ATTACK = 0.99;
/** A pair has to explain this much more than the best single cause, as a logarithm of likelihoods. */
const PAIR_GAIN = 6;
/** A second cause this likely makes it worth telling what separates it from the first. */
const WORTH_SEPARATING = 0.05;

const BASELINE = rule.like({ link: rule.anyObject, look: rule.anyObject }, "a baseline");

/**
 * The likely causes of what a link shows now, against how it was built. Pure: the same looks give the same answer.
 * @throws ConfigError QKD_CONFIG_INVALID for what is no baseline or look.
 */
export function explain(
  baseline: Baseline,
  now: Look,
  { indicators }: ExplainOptions = { indicators: [] },
): Explanation {
  checkArgument("baseline", baseline, BASELINE);
  checkArgument("now", now, rule.anyObject);
  checkArgument("indicators", indicators, rule.list(rule.text()));
  const changes = changesSince(baseline, now);
  const { weighed, noneOfThese } = posteriorOf(baseline.link, changes);
  const likeliest = weighed[0]!;
  const unconfirmed =
    isAttack(likeliest) && !(likeliest.probability > LEAST_FOR_ATTACK && indicators.length > 0);
  const ordered = indicators.length > 0 ? confirmedFirst(weighed) : honestFirst(weighed);
  const first = ordered[0]!;
  const misfit = misfits(likeliest.departures);
  const doubts: Doubt[] = [];
  if (unconfirmed) doubts.push("attackUnconfirmed");
  if (first.cause === "healthy" && indicators.length > 0) doubts.push("indicatorRaised");
  if (first.probability < LEAST_PROBABILITY) doubts.push("probability");
  if (misfit) doubts.push("misfit");
  if (noneOfThese > likeliest.probability) doubts.push("noneOfThese");
  const pair = misfit || noneOfThese > likeliest.probability ? pairOf(baseline, changes, likeliest) : null;
  return {
    causes: ordered.map(explained),
    answer: doubts.length === 0 ? first.cause : "not sure",
    doubts,
    pair,
    noneOfThese,
    changes: strongestChanges(changes),
    missing: OBSERVABLE_NAMES.filter((name) => baseline.look[name] !== undefined && now[name] === undefined),
    next: nextStep(ordered, doubts, pair?.causes),
  };
}

const declarationOf = (name: CauseName): CauseDeclaration => CAUSES[name];
const isAttack = ({ cause }: Weighed): boolean => declarationOf(cause).kind === "attack";

/** An attack beyond doubt stays first; others stand behind the likeliest honest cause. */
function confirmedFirst(weighed: readonly Weighed[]): readonly Weighed[] {
  return weighed[0]!.probability > LEAST_FOR_ATTACK ? weighed : honestFirst(weighed);
}

function honestFirst(weighed: readonly Weighed[]): readonly Weighed[] {
  const honest = weighed.find((one) => !isAttack(one));
  return honest === undefined ? weighed : [honest, ...weighed.filter((one) => one !== honest)];
}

function explained({ cause, probability, severity, departures }: Weighed): ExplainedCause {
  const { title, says } = declarationOf(cause);
  return { cause, title, probability, severity: says(severity), ...evidenceOf(departures) };
}

function pairOf(
  { link }: Baseline,
  changes: Parameters<typeof bestPair>[1],
  single: Weighed,
): Explanation["pair"] {
  const pair = bestPair(link, changes);
  if (pair === undefined || pair.logLikelihood < single.logLikelihood + PAIR_GAIN) return null;
  const text = pair.causes
    .map((name, at) => `${declarationOf(name).title} (${declarationOf(name).says(pair.severities[at]!)})`)
    .join(" and ");
  return { causes: pair.causes, text };
}

function nextStep(
  ordered: readonly Weighed[],
  doubts: readonly Doubt[],
  pair: readonly [CauseName, CauseName] | undefined,
): string {
  if (pair !== undefined) return pair.map((name) => declarationOf(name).next).join("; then ");
  const [first, second] = ordered;
  const group =
    second !== undefined && second.probability > WORTH_SEPARATING
      ? alike(first!.cause, second.cause)
      : undefined;
  if (group !== undefined) return group.separates;
  if (doubts.includes("indicatorRaised"))
    return "follow the indicator: quarantine the key of this time, and run commission against the report of the handover";
  if (doubts.includes("noneOfThese") || doubts.includes("misfit"))
    return "run commission and compare it with the report of the handover: nothing in the list explains all that changed";
  return declarationOf(first!.cause).next;
}
