import type { Role } from "../device/device-profile.ts";
import type { SampleLimits } from "../device/device-world.ts";
import type { FrameStatistics } from "../device/keys/frame-statistics.ts";
import type { MeasuredGates } from "../device/measured-gates.ts";
import { Refusal } from "../device/refusal.ts";
import type { ScanControl } from "../device/scans/scan.ts";
import type { OpticsThread } from "./light/optics-thread.ts";

/** What measurements of a pair serve. */
export interface MeasurementPair {
  /** Whether any of both devices has joined a key exchange. */
  readonly joined: boolean;
  /** So many gates of the key exchange that runs become no key. */
  spend(gates: number): void;
  /** Both devices see the light that is measured. */
  probed(statistics: FrameStatistics): void;
}

/** Which device of a pair measures: one at a time, and never beside a key exchange. */
export class PairMeasurement {
  readonly #thread: OpticsThread;
  readonly #pair: MeasurementPair;
  readonly #clockHz: number;
  #role: Role | undefined;
  #gates = 0;
  readonly #sampling = new Set<Promise<unknown>>();

  constructor(thread: OpticsThread, clockHz: number, pair: MeasurementPair) {
    this.#thread = thread;
    this.#clockHz = clockHz;
    this.#pair = pair;
  }

  /** Whether a device measures. */
  get active(): boolean {
    return this.#role !== undefined;
  }

  /** Throws Refusal busy. */
  begin(role: Role): void {
    this.mayScan();
    this.#role = role;
  }

  end(role: Role): void {
    if (this.#role === role) this.#role = undefined;
  }

  async measure(gates: number, anew: boolean): Promise<MeasuredGates> {
    const { measured, statistics } = await this.#thread.measure(gates, anew);
    this.#gates += measured.gates;
    for (const piece of statistics) this.#pair.probed(piece);
    return measured;
  }

  /** Throws Refusal busy. */
  mayScan(): void {
    if (this.#pair.joined) throw new Refusal("busy", "the pair makes key");
    if (this.#role !== undefined) throw new Refusal("busy", "the other device of the pair measures");
  }

  /** Counts light under other settings than the present ones, beside everything else. */
  async sample(
    controls: readonly ScanControl[],
    { gates, detections }: SampleLimits,
  ): Promise<MeasuredGates> {
    const limits = { maxDetections: detections, maxGates: BigInt(Math.max(1, Math.round(gates))) };
    const counting = this.#thread.sample(controls, limits);
    this.#sampling.add(counting);
    try {
      const { measured } = await counting;
      this.#pair.spend(measured.gates);
      return measured;
    } finally {
      this.#sampling.delete(counting);
    }
  }

  /** Resolves when nothing is being sampled any more, whatever came of it. */
  async settled(): Promise<void> {
    while (this.#sampling.size > 0) {
      await Promise.allSettled(this.#sampling);
      // Whoever waits for a sample goes on before time does, and may begin the next one.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Link time of what was measured since the last call, seconds. */
  takeSeconds(): number {
    const seconds = this.#gates / this.#clockHz;
    this.#gates = 0;
    return seconds;
  }
}
