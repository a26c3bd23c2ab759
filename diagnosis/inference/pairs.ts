import type { LinkParameters } from "../../physics/index.ts";
import type { CauseDeclaration } from "../causes/cause.ts";
import { CAUSES, type CauseName } from "../causes/causes.ts";
import { asBuilt } from "../model/condition.ts";
import { expectationOf } from "../model/expectation.ts";
import { type Change, type Departure, departures, logLikelihood } from "./likelihood.ts";
import { expectationWhere } from "./posterior.ts";

/** Two causes at once, at the severities that fit best. */
export interface Pair {
  readonly causes: readonly [CauseName, CauseName];
  readonly severities: readonly [readonly number[], readonly number[]];
  readonly departures: readonly Departure[];
  readonly logLikelihood: number;
}

/** Severities of each cause that are tried in a first pass over all pairs. */
const COARSE = 8;
/** Pairs whose neighbourhood is then searched at every severity. */
const REFINED = 4;

const HONEST = (Object.keys(CAUSES) as CauseName[]).filter((name) => CAUSES[name].kind === "honest");

/**
 * The pair of honest causes that explains the changes best; two things fail at once more often than somebody who is on the
 * line breaks one beside.
 */
export function bestPair(link: LinkParameters, changes: readonly Change[]): Pair | undefined {
  const built = expectationOf(asBuilt(link));
  const tried = (
    causes: readonly [CauseName, CauseName],
    severities: readonly [readonly number[], readonly number[]],
  ): Pair[] => {
    const [first, second] = causes.map((name): CauseDeclaration => CAUSES[name]);
    const expected = expectationWhere(
      second!.brings(first!.brings(asBuilt(link), severities[0]), severities[1]),
    );
    if (expected === undefined) return [];
    const all = departures(changes, built, expected);
    return [{ causes, severities, departures: all, logLikelihood: logLikelihood(all) }];
  };
  const search = (
    causes: readonly [CauseName, CauseName],
    every: readonly [number, number],
  ): Pair | undefined => {
    const [first, second] = causes.map((name, at) => thinned(CAUSES[name].severities, every[at]!));
    return best(first!.flatMap((one) => second!.flatMap((other) => tried(causes, [one, other]))));
  };
  const pairs = HONEST.flatMap((one, at) =>
    HONEST.slice(at + 1).flatMap((other) => search([one, other], [COARSE, COARSE]) ?? []),
  );
  const leading = pairs.toSorted((a, b) => b.logLikelihood - a.logLikelihood).slice(0, REFINED);
  return best(leading.flatMap(({ causes }) => search(causes, [30, 30]) ?? []));
}

const best = (pairs: readonly Pair[]): Pair | undefined =>
  pairs.reduce<Pair | undefined>(
    (found, pair) => (found === undefined || pair.logLikelihood > found.logLikelihood ? pair : found),
    undefined,
  );

/** About so many of the entries, evenly spread. */
function thinned<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  return Array.from({ length: count }, (_, at) => all[Math.floor(((at + 0.5) * all.length) / count)]!);
}
