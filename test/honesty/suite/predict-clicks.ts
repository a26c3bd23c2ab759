import { type LinkParameters, type LinkPrediction, predictLink } from "../../../physics/index.ts";

/**
 * The closed form for clicks instead of carriers. `predictLink` adds up the afterpulse hazards a_j of an avalanche; two
 * carriers that are released in the same gate make one click, though, which happens sum(a_j^2) / 2 times an avalanche.
 * That is 0.13 % of the afterpulses of the T12 detector: long runs resolve it. Meant for links without dead time.
 */
export function predictClicks(link: LinkParameters): LinkPrediction {
  const { afterpulseProbability, afterpulseDecay } = link;
  let squares = 0;
  for (const one of afterpulseDecay)
    for (const other of afterpulseDecay) {
      const [first, second] = [Math.exp(-1 / one.gates), Math.exp(-1 / other.gates)];
      squares += (one.weight * other.weight * (1 - first) * (1 - second)) / (1 - first * second);
    }
  return predictLink({
    ...link,
    afterpulseProbability: afterpulseProbability - (afterpulseProbability ** 2 * squares) / 2,
  });
}
