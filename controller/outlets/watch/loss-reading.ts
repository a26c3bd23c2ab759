import { type LinkParameters, predictLink } from "../../../physics/index.ts";
import type { BlockReport } from "../../sources/distillation/index.ts";

const STEP_DB = 0.5;
const MOST_DB = 60;
/** Clicks of signal pulses that a reading needs. */
const LEAST_CLICKS = 400;

/** Loss of the fibre as a block shows it. */
export interface LossReading {
  readonly lossDb: number;
  /** Two standard deviations of the counts alone, decibel. */
  readonly uncertaintyDb: number;
}

/**
 * Reads the loss off the gains of a block: signal gain less vacuum gain, so that background light counts for nothing,
 * held against the closed form at every loss with dead time and afterpulses in it.
 */
export class LossScale {
  readonly #link: LinkParameters;
  readonly #points: readonly { readonly lossDb: number; readonly log: number }[];

  /** Throws ConfigError for a link without a steady state. */
  constructor(link: LinkParameters) {
    this.#link = link;
    this.#points = Array.from({ length: MOST_DB / STEP_DB + 1 }, (_, index) => {
      const lossDb = index * STEP_DB;
      const { gains } = predictLink({ ...link, channelLossDb: lossDb });
      return { lossDb, log: Math.log10(Math.max(1e-30, gains[0] - gains[2])) };
    });
  }

  /** Null for a block with too little light to say. */
  read({ counts }: Pick<BlockReport, "counts">): LossReading | null {
    const signal = this.#gain(counts, 0);
    const vacuum = this.#gain(counts, 2);
    const light = signal.gain - vacuum.gain;
    const clicks = signal.clicks * Math.max(0, light / signal.gain);
    if (!(light > 0) || clicks < LEAST_CLICKS) return null;
    const lossDb = this.#lossOf(Math.log10(light));
    return lossDb === null ? null : { lossDb, uncertaintyDb: (20 * Math.LOG10E) / Math.sqrt(clicks) };
  }

  #gain(
    { sent, sifted }: BlockReport["counts"],
    k: number,
  ): { readonly gain: number; readonly clicks: number } {
    const { bobZProbability } = this.#link;
    const matched = (sent[k] ?? 0) * bobZProbability + (sent[k + 3] ?? 0) * (1 - bobZProbability);
    const clicks = (sifted[k] ?? 0) + (sifted[k + 3] ?? 0);
    return { clicks, gain: matched > 0 ? clicks / matched : 0 };
  }

  #lossOf(log: number): number | null {
    const above = this.#points.findIndex((point) => point.log <= log);
    const [high, low] = [this.#points[above - 1], this.#points[above]];
    if (low === undefined) return null;
    if (high === undefined) return low.lossDb;
    const share = (high.log - log) / Math.max(1e-12, high.log - low.log);
    return high.lossDb + share * (low.lossDb - high.lossDb);
  }
}
