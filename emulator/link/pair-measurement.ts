import type { Role } from "../device/device-profile.ts";
import type { FrameStatistics } from "../device/keys/frame-statistics.ts";
import type { MeasuredGates } from "../device/measured-gates.ts";
import { Refusal } from "../device/refusal.ts";
import type { OpticsThread } from "./light/optics-thread.ts";

/** What measurements of a pair serve. */
export interface MeasurementPair {
  /** Whether any of both devices has joined a key exchange. */
  readonly joined: boolean;
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
    if (this.#pair.joined) throw new Refusal("busy", "the pair makes key");
    if (this.#role !== undefined) throw new Refusal("busy", "the other device of the pair measures");
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

  /** Link time of what was measured since the last call, seconds. */
  takeSeconds(): number {
    const seconds = this.#gates / this.#clockHz;
    this.#gates = 0;
    return seconds;
  }
}
