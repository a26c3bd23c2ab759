import { logGamma } from "../../../physics/index.ts";

/** Draws Poisson numbers of any mean, exactly in law: by inversion when small, else by Hörmann's transformed rejection (PTRS, 1993). */
export class PoissonSampler {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    this.#state = Uint32Array.of(seed, seed / 2 ** 32, 0x9e3779b9, 1);
    for (let word = 0; word < 20; word++) this.#word();
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.#word() >>> 5) * 2 ** 26 + (this.#word() >>> 6)) / 2 ** 53;
  }

  /** The next 32 bits of sfc32 (Doty-Humphrey, PractRand). */
  #word(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#state;
    const word = (a + b + counter) >>> 0;
    this.#state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + word, counter + 1]);
    return word;
  }

  draw(mean: number): number {
    if (!(mean > 0)) return 0;
    return mean < 10 ? this.#byInversion(mean) : this.#byRejection(mean);
  }

  #byInversion(mean: number): number {
    let left = this.uniform();
    let probability = Math.exp(-mean);
    for (let count = 0; ; count++) {
      left -= probability;
      if (left < 0 || count > 200) return count;
      probability *= mean / (count + 1);
    }
  }

  #byRejection(mean: number): number {
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    const accepted = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
      const u = this.uniform() - 0.5;
      const v = 1 - this.uniform();
      const us = 0.5 - Math.abs(u);
      const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= accepted) return count;
      if (count < 0 || (us < 0.013 && v > us)) continue;
      const log = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b);
      if (log <= count * Math.log(mean) - mean - logGamma(count + 1)) return count;
    }
  }
}
