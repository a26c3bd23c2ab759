import type { GapExcess } from "../../optics/frame/gap-excess.ts";
import type { FrameStatistics } from "./frame-statistics.ts";
import { afterpulsePpm, arrivals, gains, type LinkReadings, mismatchedCorrelation } from "./link-readings.ts";
import { type LinkSums, partsOf } from "./link-sums.ts";
import { visibility } from "./visibility.ts";

/** Seconds of link time over which readings are averaged, and those over which afterpulses are. */
const WINDOW_S = 1;
const GAPS_WINDOW_S = 10;

/** An error rate from fewer detections would raise alarms by chance: at 1000 and 2.5 % its deviation is 0.5 %. */
const LEAST_MATCHED = 1000;

/** Running averages over about a second of link time: nothing here but what frames contained. */
export class LinkStatistics {
  readonly #clockHz: number;
  #sums: LinkSums | undefined;
  #gaps: GapExcess = { gaps: 0, excess: 0 };

  constructor(clockHz: number) {
    this.#clockHz = clockHz;
  }

  /** A frame, or a probe that stands for `spanS` of link time although its own gates were fewer. */
  add(frame: FrameStatistics, spanS = frame.gates / this.#clockHz): void {
    const keep = Math.exp(-spanS / WINDOW_S);
    const keepGaps = Math.exp(-spanS / GAPS_WINDOW_S);
    const parts = partsOf(frame);
    const sums = this.#sums;
    const names = Object.keys(parts) as (keyof LinkSums)[];
    this.#sums = Object.fromEntries(
      names.map((name) => [name, (sums?.[name] ?? 0) * keep + parts[name]]),
    ) as Record<keyof LinkSums, number>;
    this.#gaps = {
      gaps: this.#gaps.gaps * keepGaps + frame.gaps.gaps,
      excess: this.#gaps.excess * keepGaps + frame.gaps.excess,
    };
  }

  /** Forgets everything, as after a change of the optics that makes old gates meaningless. */
  clear(): void {
    this.#sums = undefined;
    this.#gaps = { gaps: 0, excess: 0 };
  }

  /** Null while nothing was measured. */
  get readings(): LinkReadings | null {
    const sums = this.#sums;
    if (sums === undefined || sums.gates === 0) return null;
    const perSecond = this.#clockHz / sums.gates;
    const rate = (errors: number, matched: number): number | null =>
      matched < LEAST_MATCHED ? null : Math.round((1e6 * errors) / matched);
    return {
      countRateHz: [sums.clicks0 * perSecond, sums.clicks1 * perSecond],
      gain: sums.detections / sums.gates,
      gains: gains(sums),
      doubleClicksHz: sums.doubleClicks * perSecond,
      qberPpm: rate(sums.errorsZ + sums.errorsX, sums.matchedZ + sums.matchedX),
      qberZPpm: rate(sums.errorsZ, sums.matchedZ),
      qberXPpm: rate(sums.errorsX, sums.matchedX),
      visibility: visibility(sums),
      ...arrivals(sums),
      afterpulsePpm: afterpulsePpm(this.#gaps),
      mismatchedCorrelation: mismatchedCorrelation(sums),
      photocurrentsNa: [sums.current0 / sums.gates, sums.current1 / sums.gates],
      biasSagV: sums.sag / sums.gates,
    };
  }
}
