/** What one frame, or one probe between key exchanges, tells about the link. */
export interface FrameStatistics {
  readonly gates: number;
  readonly detections: number;
  readonly clicksPerDetector: readonly [number, number];
  readonly doubleClicks: number;
  /** Gates in which the receiver was blind. */
  readonly deadGates: number;
  /** Detections that Bob measured in Z. */
  readonly zDetections: number;
  /** Detections in matching bases and errors among them, per basis Z, X, all intensities. */
  readonly matched: readonly [z: number, x: number];
  readonly errors: readonly [z: number, x: number];
  readonly photocurrentNa: number;
}

/** The link as its own instruments see it. */
export interface LinkReadings {
  readonly countRateHz: readonly [number, number];
  readonly gain: number;
  readonly qberPpm: number;
  readonly qberZPpm: number | null;
  readonly qberXPpm: number | null;
  readonly visibility: number | null;
  readonly photocurrentNa: number;
}

/** Seconds of link time over which readings are averaged. */
const WINDOW_S = 1;

/** Running averages over about a second of gates: nothing here but what frames contained. */
export class LinkStatistics {
  readonly #clockHz: number;
  #gates = 0;
  #sums = [0, 0, 0, 0, 0, 0, 0, 0];

  constructor(clockHz: number) {
    this.#clockHz = clockHz;
  }

  add(frame: FrameStatistics): void {
    const keep = Math.exp(-frame.gates / (this.#clockHz * WINDOW_S));
    this.#gates = this.#gates * keep + frame.gates;
    const parts = [
      ...frame.clicksPerDetector,
      frame.detections,
      ...frame.matched,
      ...frame.errors,
      frame.photocurrentNa * frame.gates,
    ];
    this.#sums = parts.map((part, index) => (this.#sums[index] ?? 0) * keep + part);
  }

  /** Forgets everything, as after a change of the optics that makes old gates meaningless. */
  clear(): void {
    this.#gates = 0;
    this.#sums = this.#sums.map(() => 0);
  }

  /** Null while nothing was measured. */
  get readings(): LinkReadings | null {
    if (this.#gates === 0) return null;
    const [
      clicks0 = 0,
      clicks1 = 0,
      detections = 0,
      matchedZ = 0,
      matchedX = 0,
      errorsZ = 0,
      errorsX = 0,
      na = 0,
    ] = this.#sums;
    const perSecond = this.#clockHz / this.#gates;
    // Below one matched detection the average holds no information, only rounding.
    const rate = (errors: number, matched: number): number | null =>
      matched < 1 ? null : Math.round((1e6 * errors) / matched);
    const qberXPpm = rate(errorsX, matchedX);
    return {
      countRateHz: [clicks0 * perSecond, clicks1 * perSecond],
      gain: detections / this.#gates,
      qberPpm: rate(errorsZ + errorsX, matchedZ + matchedX) ?? 0,
      qberZPpm: rate(errorsZ, matchedZ),
      qberXPpm,
      visibility: qberXPpm === null ? null : Math.max(0, 1 - (2 * qberXPpm) / 1e6),
      photocurrentNa: na / this.#gates,
    };
  }
}
