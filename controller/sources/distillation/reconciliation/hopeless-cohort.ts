/** Above this error rate no key can come out, so that reconciliation would be wasted work. */
export const HOPELESS_RATE = 0.125;

const DEVIATIONS = 6;
const SAMPLE_BITS = { least: 256, most: 1024, share: 1 / 64 };
/** A sample is no larger than this share of the cohort. */
const LARGEST_SAMPLE = 1 / 8;
/** A cohort whose error rate is twice the expected one takes 300 to 1,300 rounds, the longer the more bits it has. */
const MOST_ROUNDS = 2500;
const ROUNDS_AN_EXTENSION = 100;

/** The parities of the first round, as both sites know them. */
export interface FirstParities {
  readonly odd: number;
  readonly count: number;
  readonly keyBits: number;
  readonly qberPpm: number;
}

/**
 * Whether more blocks of the first round differ than the expected error rate lets them: by six standard deviations. Above
 * some tenth the share tells nothing more, so that a sample must; a short cohort never comes so far. Multiplications and
 * one root, which every machine rounds alike.
 */
export function isOddBeyondExpected({ odd, count, keyBits, qberPpm }: FirstParities): boolean {
  const length = Math.round(keyBits / count);
  let even = 1;
  for (let i = 0; i < length; i++) even *= 1 - (2 * qberPpm) / 1e6;
  const expected = (1 - even) / 2;
  const deviation = Math.sqrt((expected * (1 - expected)) / count);
  return odd / count > expected + DEVIATIONS * deviation;
}

/** Whether more errors were found than twice the expected ones, and six standard deviations. */
export function isBeyondExpected(corrected: number, keyBits: number, qberPpm: number): boolean {
  const expected = (qberPpm / 1e6) * keyBits;
  return corrected > 2 * expected + DEVIATIONS * Math.sqrt(expected);
}

/** Bits of a doubtful cohort that are published to learn its error rate; 0 where it is too short for that. */
export function sampleBits(keyBits: number): number {
  const { least, most, share } = SAMPLE_BITS;
  const bits = Math.min(most, Math.max(least, Math.floor(share * keyBits)));
  return bits <= LARGEST_SAMPLE * keyBits ? bits : 0;
}

/** How far the reconciliation of a cohort has come, as both sites count it. */
export interface CohortCourse {
  readonly keyBits: number;
  readonly rounds: number;
  readonly corrected: number;
  /** Parities of Alice's. */
  readonly disclosed: number;
  /** Verifications that failed. */
  readonly attempt: number;
}

/** Whether a cohort that is not done is given up: too many errors found, nothing left to hide, or without end. */
export function isHopeless({ keyBits, rounds, corrected, disclosed, attempt }: CohortCourse): boolean {
  return (
    corrected >= HOPELESS_RATE * keyBits ||
    disclosed >= keyBits ||
    rounds >= MOST_ROUNDS + ROUNDS_AN_EXTENSION * attempt
  );
}

/** Whether a sample with so many errors condemns its cohort. */
export function isCondemned(errors: number, sampled: number): boolean {
  return errors > HOPELESS_RATE * sampled;
}
