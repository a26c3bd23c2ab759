import type { LinkParameters } from "../../../physics/index.ts";

/**
 * Carriers that an avalanche traps on average. Its hazards a_j sum up to the afterpulse probability, but two carriers that
 * are released in the same gate make one click, sum(a_j^2) / 2 times an avalanche: so many more are trapped.
 */
export function carriersPerAvalanche({ afterpulseProbability: p, afterpulseDecay }: LinkParameters): number {
  let squares = 0;
  for (const one of afterpulseDecay)
    for (const other of afterpulseDecay) {
      const [first, second] = [Math.exp(-1 / one.gates), Math.exp(-1 / other.gates)];
      squares += (one.weight * other.weight * (1 - first) * (1 - second)) / (1 - first * second);
    }
  return p + (p * p * squares) / 2;
}
