import type { GapExcess } from "../../optics/frame/gap-excess.ts";

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
  /** Detections and pulses by intensity u, v, w, all bases. */
  readonly perIntensity: readonly [number, number, number];
  readonly sentPerIntensity: readonly [number, number, number];
  /** Detections in different bases, and the tilt of their bits as `planeCounts` takes it. */
  readonly mismatched: number;
  readonly mismatchedSigned: number;
  /** Sums of the clicks' times of each detector, ps from the middle of its gate. */
  readonly arrivalSumsPs: readonly [number, number];
  readonly gaps: GapExcess;
  readonly photocurrentNa: number;
  /** Of each detector. */
  readonly photocurrentsNa: readonly [number, number];
  /** What the avalanches take from the detectors' bias, volt. */
  readonly biasSagV: number;
}
