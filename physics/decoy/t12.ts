import { binaryEntropy, phaseErrorSecrecy } from "../binary-entropy.ts";
import { type BasisCounts, countsOfBasis } from "../link-counts.ts";
import type { PerBasis, PerIntensity } from "../link-parameters.ts";
import { perIntensity } from "../per-intensity.ts";
import { rateLimits } from "./confidence-limits.ts";
import { checkKeyLengthRequest, type KeyLength, type KeyLengthRequest } from "./key-length-request.ts";
import { type SinglePhotonBounds, singlePhotonBounds } from "./single-photon-bounds.ts";

/** Both bases yield key in the T12 protocol. */
export interface T12KeyLength extends KeyLength {
  readonly perBasisBits: PerBasis;
  readonly bounds: PerBasis<SinglePhotonBounds>;
}

/**
 * Secret key length of the T12 protocol (Lucamarini et al. 2013; physics paper 1.6): a COLLECTIVE-attack statement. Key
 * from the signal pulses of either basis, phase error from the other basis's signal errors, Clopper-Pearson and Garwood
 * limits on every gain and error gain.
 *
 * The paper's split of epsilon is not at hand. Used here, with epsilon = epsilonSecrecy: smoothing and correction
 * epsilon/4 each, parameter estimation epsilon/8, every one-sided limit a sixteenth of that. `epsilonCorrectness` plays
 * no part: correctness lies inside epsilon.
 *
 * @throws ConfigError QKD_PHYSICS_RANGE.
 */
export function t12KeyLength(request: KeyLengthRequest): T12KeyLength {
  checkKeyLengthRequest(request, 2);
  const { source } = request;
  const epsilon = request.epsilonSecrecy;
  const tail = epsilon / 8 / 16;
  const z = countsOfBasis(request.counts, "z");
  const x = countsOfBasis(request.counts, "x");
  const bounds = {
    z: boundsOf(z, source.intensities, source.bobZProbability, tail),
    x: boundsOf(x, source.intensities, 1 - source.bobZProbability, tail),
  };
  const [u] = source.intensities;
  const phaseErrorRate = bounds.x.singleErrorRate;
  const lengthOf = (
    basis: BasisCounts,
    bobProbability: number,
    own: SinglePhotonBounds,
    phaseError: number,
  ) => {
    const pulses = basis.sent[0] * bobProbability;
    const bits = basis.sifted[0];
    if (bits <= 0) return 0;
    const leak = request.reconciliationEfficiency * bits * binaryEntropy(basis.errors[0] / bits);
    return Math.max(
      0,
      pulses * Math.exp(-u) * (own.vacuumYield + u * own.singleYield * phaseErrorSecrecy(phaseError)) -
        leak -
        finiteSizeBits(bits, epsilon),
    );
  };
  const perBasisBits = {
    z: lengthOf(z, source.bobZProbability, bounds.z, phaseErrorRate),
    x: lengthOf(x, 1 - source.bobZProbability, bounds.x, bounds.z.singleErrorRate),
  };
  const signalPulses = z.sent[0] * source.bobZProbability * Math.exp(-u);
  return {
    secretBits: perBasisBits.z + perBasisBits.x,
    perBasisBits,
    bounds,
    vacuumBits: signalPulses * bounds.z.vacuumYield,
    singlePhotonBits: signalPulses * u * bounds.z.singleYield,
    phaseErrorRate,
  };
}

/** Smoothing and privacy-amplification terms: 7 sqrt(C log2(2/(eps_s - eps_PE))) + 2 log2(1/(2 (eps - eps_s - eps_EC))). */
function finiteSizeBits(bits: number, epsilon: number): number {
  return 7 * Math.sqrt(bits * Math.log2(2 / (epsilon / 4 - epsilon / 8))) + 2 * Math.log2(1 / epsilon);
}

function boundsOf(
  counts: BasisCounts,
  intensities: PerIntensity,
  bobProbability: number,
  tail: number,
): SinglePhotonBounds {
  const limits = (hits: PerIntensity) =>
    perIntensity((k) => rateLimits(hits[k], counts.sent[k] * bobProbability, tail));
  return singlePhotonBounds(intensities, limits(counts.sifted), limits(counts.errors), "signal");
}
