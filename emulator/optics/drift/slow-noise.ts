import { counterUniform } from "../random/counter-uniform.ts";
import { subseed } from "../random/subseed.ts";

/**
 * A standard normal number that moves slowly: the same seed, name and time give the same value, whoever asks and whatever
 * was asked before, so that light, instruments and every run agree. Independent normal numbers stand at knots a correlation
 * time apart; between them the two neighbours are mixed by weights whose squares sum to one, which keeps the variance at
 * one throughout.
 */
export class SlowNoise {
  readonly #seed: Uint32Array;
  readonly #correlationS: number;

  constructor(seed: bigint, name: string, correlationS: number) {
    this.#seed = subseed(seed, `drift of ${name}`);
    this.#correlationS = correlationS;
  }

  at(seconds: number): number {
    const place = Math.max(0, seconds) / this.#correlationS;
    const knot = Math.floor(place);
    const angle = ((place - knot) * Math.PI) / 2;
    return Math.cos(angle) * this.#normal(knot) + Math.sin(angle) * this.#normal(knot + 1);
  }

  #normal(knot: number): number {
    const uniform = counterUniform(this.#seed, BigInt(knot));
    return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }
}
