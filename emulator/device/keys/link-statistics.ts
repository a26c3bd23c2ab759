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
  /** Signal pulses against vacuum pulses, both bases, detections in matching bases: what visibility is taken from. */
  readonly fringe: {
    readonly signal: number;
    readonly signalErrors: number;
    readonly vacuum: number;
    readonly signalSent: number;
    readonly vacuumSent: number;
  };
  readonly photocurrentNa: number;
  /** Of each detector. */
  readonly photocurrentsNa: readonly [number, number];
  /** What the avalanches take from the detectors' bias, volt. */
  readonly biasSagV: number;
}

/** The link as its own instruments see it. */
export interface LinkReadings {
  readonly countRateHz: readonly [number, number];
  readonly gain: number;
  readonly qberPpm: number | null;
  readonly qberZPpm: number | null;
  readonly qberXPpm: number | null;
  readonly visibility: number | null;
  readonly photocurrentsNa: readonly [number, number];
  readonly biasSagV: number;
}

/** Seconds of link time over which readings are averaged. */
const WINDOW_S = 1;

/** An error rate from fewer detections would raise alarms by chance: at 1000 and 2.5 % its deviation is 0.5 %. */
const LEAST_MATCHED = 1000;

/** Running averages over about a second of gates: nothing here but what frames contained. */
export class LinkStatistics {
  readonly #clockHz: number;
  #gates = 0;
  #sums: readonly number[] = [];

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
      frame.photocurrentsNa[0] * frame.gates,
      frame.photocurrentsNa[1] * frame.gates,
      frame.biasSagV * frame.gates,
      frame.fringe.signal,
      frame.fringe.signalErrors,
      frame.fringe.vacuum,
      frame.fringe.signalSent,
      frame.fringe.vacuumSent,
    ];
    this.#sums = parts.map((part, index) => (this.#sums[index] ?? 0) * keep + part);
  }

  /** Forgets everything, as after a change of the optics that makes old gates meaningless. */
  clear(): void {
    this.#gates = 0;
    this.#sums = [];
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
      na0 = 0,
      na1 = 0,
      sag = 0,
    ] = this.#sums;
    const perSecond = this.#clockHz / this.#gates;
    const rate = (errors: number, matched: number): number | null =>
      matched < LEAST_MATCHED ? null : Math.round((1e6 * errors) / matched);
    const [signal = 0, signalErrors = 0, vacuum = 0, signalSent = 0, vacuumSent = 0] = this.#sums.slice(10);
    return {
      countRateHz: [clicks0 * perSecond, clicks1 * perSecond],
      gain: detections / this.#gates,
      qberPpm: rate(errorsZ + errorsX, matchedZ + matchedX),
      qberZPpm: rate(errorsZ, matchedZ),
      qberXPpm: rate(errorsX, matchedX),
      visibility: visibility({ signal, signalErrors, vacuum, signalSent, vacuumSent }),
      photocurrentsNa: [na0 / this.#gates, na1 / this.#gates],
      biasSagV: sag / this.#gates,
    };
  }
}

/** Fewer signal detections than this show no fringe. */
const LEAST_SIGNAL = 100;
/** A visibility less certain than this (standard deviation) is none: its alarm would come from chance. */
const MOST_UNCERTAIN = 0.012;

/**
 * Contrast of the interference: errors of signal pulses beyond those of the background, whose clicks hit either
 * detector. The background is what vacuum pulses show, scaled to as many pulses as the signal had.
 */
function visibility(fringe: FrameStatistics["fringe"]): number | null {
  const { signal, signalErrors, vacuum, signalSent, vacuumSent } = fringe;
  const scale = signalSent / Math.max(1, vacuumSent);
  const background = vacuum * scale;
  const light = signal - background;
  if (signal < LEAST_SIGNAL || light < LEAST_SIGNAL) return null;
  // Both counts are Poisson; a vacuum count of none still leaves room for one.
  const deviation = (2 / light) * Math.sqrt(signalErrors + (scale / 2) ** 2 * Math.max(1, vacuum));
  if (deviation > MOST_UNCERTAIN) return null;
  return Math.min(1, Math.max(0, 1 - (2 * (signalErrors - background / 2)) / light));
}
