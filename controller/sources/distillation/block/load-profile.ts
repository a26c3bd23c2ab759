import type { LoadShare } from "../block-report.ts";

/** Shares an octave: the rates of frames in one share differ by 9 % at most. */
const SHARES_AN_OCTAVE = 8;

/**
 * How long the link carried how much light: frames sorted by their detections per gate. What does not grow in
 * proportion with the light (double clicks, dead time, the weight of dark counts) cannot be judged by a block's mean,
 * which says nothing of a fibre that was cut in between. At most some hundred shares, whatever the number of frames.
 */
export class LoadProfile {
  readonly #shares = new Map<number, { gates: number; detections: number }>();

  add(gates: number, detections: number): void {
    if (!(gates > 0)) return;
    const key = detections > 0 ? Math.floor(SHARES_AN_OCTAVE * Math.log2(detections / gates)) : -Infinity;
    const share = this.#shares.get(key) ?? { gates: 0, detections: 0 };
    share.gates += gates;
    share.detections += detections;
    this.#shares.set(key, share);
  }

  /** The shares from the darkest to the brightest. */
  get shares(): readonly LoadShare[] {
    return [...this.#shares].sort(([a], [b]) => a - b).map(([, share]) => ({ ...share }));
  }
}
