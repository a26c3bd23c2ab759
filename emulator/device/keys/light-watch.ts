import type { FrameStatistics } from "./frame-statistics.ts";
import type { LinkReadings } from "./link-readings.ts";
import { LinkStatistics } from "./link-statistics.ts";

/** The light as a device counts it: in frames of the key, in probes that stand for the time since it was counted last. */
export class LightWatch {
  readonly #statistics: LinkStatistics;
  /** Up to when the light was counted. */
  #countedMs = 0;

  constructor(clockHz: number) {
    this.#statistics = new LinkStatistics(clockHz);
  }

  get readings(): LinkReadings | null {
    return this.#statistics.readings;
  }

  /** Seconds since the light was counted last. */
  ageS(nowMs: number): number {
    return Math.max(0, nowMs - this.#countedMs) / 1000;
  }

  /** A frame of the key; one of older settings tells nothing of the present ones. */
  frame(statistics: FrameStatistics, ofThisSetting: boolean, nowMs: number): void {
    this.#countedMs = nowMs;
    if (ofThisSetting) this.#statistics.add(statistics);
  }

  probe(statistics: FrameStatistics, nowMs: number): void {
    this.#statistics.add(statistics, this.ageS(nowMs));
    this.#countedMs = nowMs;
  }

  /** What was counted tells nothing any more. */
  clear(): void {
    this.#statistics.clear();
  }
}
