import { binaryEntropy, finiteKeyLength } from "../../../../physics/index.ts";
import type { AbortReason } from "../../../../protocol/index.ts";
import { MIN_BLOCK_BYTES } from "../../../pool/block-tail.ts";
import type { LeakLedger } from "../reconciliation/leak-ledger.ts";
import type { AgreedSettings } from "../settings.ts";
import type { BlockCounts } from "./block-counts.ts";

/** Final keys are cut to whole multiples of this, so that they fill whole keys of 256 bits. */
const GRANULE_BITS = 256;
/** Two sites may run on machines whose logarithms differ in the last place; this is far more than that can amount to. */
const ROUNDING_BITS = 8;

/** What the statistics of a block allow. */
export interface KeyDecision {
  /** Zero exactly when `reason` is not "none". */
  readonly secretBits: number;
  /** The proved length before rounding down. */
  readonly boundBits: number;
  readonly reason: AbortReason;
  /** Disclosed bits by the agreed accounting, tags included. */
  readonly leakBits: number;
  readonly singlePhotonBits: number;
  readonly phaseErrorRate: number;
}

/**
 * Length of the block's key by the finite-key bound, from exact counts and the bits actually disclosed. Refuses where
 * the disclosed share is above the agreed maximum, where the verification of all cohorts does not reach the agreed
 * correctness, or where nothing can be proved.
 */
export function decideKey(
  settings: AgreedSettings,
  counts: BlockCounts,
  ledger: LeakLedger,
  collisionBound: number,
): KeyDecision {
  const oneWay = settings.leakAccounting === "aliceParities";
  const disclosed = disclosedBits(settings, ledger);
  const length = finiteKeyLength({
    counts,
    intensities: settings.link.intensities,
    intensityProbabilities: settings.link.intensityProbabilities,
    aliceZProbability: settings.link.aliceZProbability,
    bobZProbability: settings.link.bobZProbability,
    leakBits: disclosed,
    verificationBits: ledger.tagBits,
    epsilonSecrecy: settings.epsilonSecrecy,
    epsilonCorrectness: settings.epsilonCorrectness,
    // The frames of a block are fixed by detections alone before anything about a basis is announced.
    candidateEnds: 1,
  });
  // Beside Alice's parities alone the error pattern must be taken as known to an eavesdropper, and with it the bits of
  // vacuum pulses, which she may have sent herself: they earn nothing then.
  const vacuumBits = oneWay ? Math.ceil(length.vacuumBits) : 0;
  const keyBits = counts.siftedOf(0);
  // Reports tell how many key bits are 1: one of keyBits + 1 values, which may reach a log.
  const reportedBits = Math.ceil(Math.log2(keyBits + 1));
  const boundBits = Math.max(0, length.secretBits - vacuumBits - reportedBits);
  const leakBits = disclosed + ledger.tagBits;
  const cut = Math.floor((boundBits - ROUNDING_BITS) / GRANULE_BITS) * GRANULE_BITS;
  let reason: AbortReason = "none";
  if (leaksTooMuch(settings, ledger, keyBits)) reason = "leakAboveMaximum";
  else if (collisionBound > settings.epsilonCorrectness) reason = "correctnessBound";
  else if (cut < 8 * MIN_BLOCK_BYTES) reason = "noSecretKey";
  return {
    secretBits: reason === "none" ? cut : 0,
    boundBits,
    reason,
    leakBits,
    singlePhotonBits: length.singlePhotonBits,
    phaseErrorRate: length.phaseErrorRate,
  };
}

/** Whether what was disclosed so far is above the agreed share of the block's key-basis bits. */
export function leaksTooMuch(settings: AgreedSettings, ledger: LeakLedger, keyBits: number): boolean {
  return disclosedBits(settings, ledger) + ledger.tagBits > settings.maxLeakFraction * keyBits;
}

/** By the agreed accounting, without tags. */
function disclosedBits({ leakAccounting }: AgreedSettings, ledger: LeakLedger): number {
  return leakAccounting === "aliceParities" ? ledger.aliceBits : ledger.bothWaysBits;
}

/** leak / (n h(Q)); an error-free block is rated as if it had one error, since the limit is not defined. */
export function reconciliationEfficiency(leakBits: number, errors: number, bits: number): number {
  return bits === 0 ? 0 : leakBits / (bits * binaryEntropy(Math.min(0.5, Math.max(1, errors) / bits)));
}
