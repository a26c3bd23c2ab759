import { ConfigError } from "../../errors/index.ts";
import type { LinkParameters } from "../../physics/index.ts";
import type { CauseDeclaration } from "../causes/cause.ts";
import { CAUSE_NAMES, CAUSES, type CauseName } from "../causes/causes.ts";
import { asBuilt, type Condition } from "../model/condition.ts";
import { expectationOf } from "../model/expectation.ts";
import type { ObservableValues } from "../observables/observables.ts";
import { type Change, type Departure, departures, logLikelihood } from "./likelihood.ts";
import { NONE_PRIOR, noneLikelihood } from "./none-of-these.ts";

/** A cause after one has looked. */
export interface Weighed {
  readonly cause: CauseName;
  readonly probability: number;
  /** The point of its severities that fits best, and how the observables stand to it. */
  readonly severity: readonly number[];
  readonly departures: readonly Departure[];
  readonly logLikelihood: number;
}

/** All causes, the likeliest first, and the probability of none of them. */
export interface Posterior {
  readonly weighed: readonly Weighed[];
  readonly noneOfThese: number;
  /** Logarithm of the sum that probabilities were divided by. */
  readonly logEvidence: number;
}

/** Probabilities of all causes given what changed; each cause's severity is summed out. */
export function posteriorOf(link: LinkParameters, changes: readonly Change[]): Posterior {
  const built = expectationOf(asBuilt(link));
  const scores = CAUSE_NAMES.flatMap((name) => scoreOf(name, link, built, changes) ?? []);
  const none = Math.log(NONE_PRIOR) + noneLikelihood(changes);
  const logEvidence = logSum([none, ...scores.map(({ score }) => score)]);
  const weighed = scores
    .map(({ score, ...rest }) => ({ ...rest, probability: Math.exp(score - logEvidence) }))
    .sort((a, b) => b.probability - a.probability);
  return { weighed, noneOfThese: Math.exp(none - logEvidence), logEvidence };
}

/** A cause at one severity. */
type Fit = Omit<Weighed, "probability">;

/** Steps by which a severity is moved between the points of its grid, relative. */
const STEPS = [0.08, 0.04, 0.02, 0.01];

const better = (one: Fit | undefined, other: Fit | undefined): Fit | undefined =>
  one === undefined || (other !== undefined && other.logLikelihood > one.logLikelihood) ? other : one;

/** The severity between the points of the grid that fits best: what is told of a cause, not how likely it is. */
function refined(
  best: Fit,
  continuous: number,
  fitOf: (severity: readonly number[]) => Fit | undefined,
): Fit {
  let found = best;
  for (const step of STEPS)
    for (let at = 0; at < continuous; at++)
      for (const factor of [1 - step, 1 + step]) {
        const severity = found.severity.map((number, place) => (place === at ? number * factor : number));
        found = better(found, fitOf(severity)) ?? found;
      }
  return found;
}

function scoreOf(
  name: CauseName,
  link: LinkParameters,
  built: ObservableValues,
  changes: readonly Change[],
): (Fit & { readonly score: number }) | undefined {
  const { prior, severities, continuous = 1, needs, brings }: CauseDeclaration = CAUSES[name];
  const seen = new Set(changes.map((change) => change.name));
  const fitOf = (severity: readonly number[]): Fit | undefined => {
    const expected = expectationWhere(brings(asBuilt(link), severity));
    if (expected === undefined) return undefined;
    const all = departures(changes, built, expected);
    return { cause: name, severity, departures: all, logLikelihood: logLikelihood(all) };
  };
  let best: Fit | undefined;
  const likelihoods: number[] = [];
  for (const severity of severities) {
    if (needs?.(severity).some((observable) => !seen.has(observable)) === true) continue;
    const fit = fitOf(severity);
    if (fit === undefined) continue;
    likelihoods.push(fit.logLikelihood);
    best = better(best, fit);
  }
  if (best === undefined) return undefined;
  // A severity that the link cannot have keeps its share of the prior: it is not likelier elsewhere for that.
  best = refined(best, continuous, fitOf);
  return { ...best, score: Math.log(prior) + logSum(likelihoods) - Math.log(severities.length) };
}

/** What the closed form says of a condition; undefined where it has no such link, as with afterpulses that never end. */
export function expectationWhere(condition: Condition): ObservableValues | undefined {
  try {
    return expectationOf(condition);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function logSum(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
