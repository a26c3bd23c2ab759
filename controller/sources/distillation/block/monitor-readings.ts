import type { LoadShare } from "../block-report.ts";
import { LoadProfile } from "./load-profile.ts";

/** What the receiver's monitors and the gates of a block's frames come to. */
export class MonitorReadings {
  readonly #load = new LoadProfile();
  #gates = 0n;
  #detections = 0;
  #doubleClicks = 0;
  /** Photocurrent times gates. */
  #photocurrentSum = 0;
  #photocurrentPeakNa = 0;

  add(frame: {
    readonly gates: bigint;
    readonly detections: number;
    readonly doubleClicks: number;
    readonly photocurrentNa: number;
  }): void {
    const gates = Number(frame.gates);
    this.#gates += frame.gates;
    this.#detections += frame.detections;
    this.#doubleClicks += frame.doubleClicks;
    this.#load.add(gates, frame.detections);
    this.#photocurrentSum += frame.photocurrentNa * gates;
    this.#photocurrentPeakNa = Math.max(this.#photocurrentPeakNa, frame.photocurrentNa);
  }

  get gates(): bigint {
    return this.#gates;
  }

  get detections(): number {
    return this.#detections;
  }

  get doubleClicks(): number {
    return this.#doubleClicks;
  }

  /** Mean over the gates. */
  get photocurrentNa(): number {
    return this.#gates === 0n ? 0 : this.#photocurrentSum / Number(this.#gates);
  }

  /** Of the frame with the largest. */
  get photocurrentPeakNa(): number {
    return this.#photocurrentPeakNa;
  }

  get load(): readonly LoadShare[] {
    return this.#load.shares;
  }
}
