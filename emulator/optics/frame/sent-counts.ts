import type { LinkParameters } from "../../../physics/index.ts";
import { drawBinomial, type Uniform } from "../random/binomial.ts";

/**
 * Pulses sent per basis and intensity (index basis * 3 + intensity) in a frame of `gates` gates.
 *
 * Settings of the gates that the sampler looked at are counted one by one. No other gate's settings had any influence:
 * candidate gates come from a process that knows no setting, released carriers neither. Given the detections, those
 * settings are therefore still independent draws from Alice's probabilities, and their counts an exact multinomial.
 */
export function sentCounts(
  link: LinkParameters,
  gates: number,
  seen: ArrayLike<number>,
  uniform: Uniform,
): number[] {
  const sent = Array.from(seen);
  let unseen = gates - sent.reduce((sum, count) => sum + count, 0);
  let rest = 1;
  for (let index = 0; index < 6 && unseen > 0; index++) {
    const basis = index < 3 ? link.aliceZProbability : 1 - link.aliceZProbability;
    const probability = basis * link.intensityProbabilities[index % 3]!;
    const count = index === 5 ? unseen : drawBinomial(unseen, Math.min(1, probability / rest), uniform);
    sent[index]! += count;
    unseen -= count;
    rest -= probability;
  }
  return sent;
}
