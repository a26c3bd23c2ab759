import { checkArgument, rule } from "../../options/index.ts";
import { checkDistribution, checkIntensities } from "../check-link.ts";
import { checkCounts, type LinkCounts } from "../link-counts.ts";
import type { LinkParameters } from "../link-parameters.ts";
import { PER_INTENSITY } from "../link-rules.ts";
import { rangeError, requireInRange } from "../range.ts";

/** What the published bounds need besides the counts. */
export interface KeyLengthRequest {
  readonly counts: LinkCounts;
  /** Source settings of the link; losses and detectors in it play no part. */
  readonly source: Pick<
    LinkParameters,
    "intensities" | "intensityProbabilities" | "aliceZProbability" | "bobZProbability"
  >;
  /** Reconciliation efficiency: the leak of n bits of error rate Q is taken as f n h(Q). */
  readonly reconciliationEfficiency: number;
  readonly epsilonSecrecy: number;
  readonly epsilonCorrectness: number;
}

const REQUEST = rule.like({ counts: rule.anyObject, source: rule.anyObject }, "counts with their source");

/** A secret key length with what it rests on. */
export interface KeyLength {
  /** Secret bits, not rounded, never negative. */
  readonly secretBits: number;
  /** Key-basis vacuum and single-photon detections, at least. */
  readonly vacuumBits: number;
  readonly singlePhotonBits: number;
  /** Phase error rate of the key-basis single photons, at most one half. */
  readonly phaseErrorRate: number;
}

/**
 * Refuses impossible requests; bounds with two decoys need u > v + w besides.
 * @throws ConfigError QKD_PHYSICS_RANGE.
 */
export function checkKeyLengthRequest(request: KeyLengthRequest, decoys: 1 | 2): void {
  checkArgument("request", request, REQUEST);
  const { source } = request;
  checkCounts(request.counts);
  checkIntensities(source.intensities);
  checkArgument("intensityProbabilities", source.intensityProbabilities, PER_INTENSITY);
  checkDistribution("intensityProbabilities", source.intensityProbabilities);
  const used = decoys === 2 ? source.intensityProbabilities : source.intensityProbabilities.slice(0, 2);
  for (const [index, probability] of used.entries()) {
    requireInRange(`intensityProbabilities[${index}]`, probability, { min: 0, max: 1, openMin: true });
  }
  const [u, v, w] = source.intensities;
  if (decoys === 2 && !(u > v + w)) throw rangeError("intensities[0]", u, `above v + w = ${v + w}`);
  for (const field of ["aliceZProbability", "bobZProbability"] as const) {
    requireInRange(field, source[field], { min: 0, max: 1, openMin: true, openMax: true });
  }
  requireInRange("reconciliationEfficiency", request.reconciliationEfficiency, { min: 1, max: 10 });
  requireInRange("epsilonSecrecy", request.epsilonSecrecy, { min: 1e-100, max: 0.5 });
  requireInRange("epsilonCorrectness", request.epsilonCorrectness, { min: 1e-100, max: 0.5 });
}
