import type { Attack } from "../../events.ts";

/** Something that a link shows and an undisturbed one would not. */
export interface Indicator {
  readonly name:
    | "qberZ"
    | "qberX"
    | "basisAsymmetry"
    | "decoyRatio"
    | "gainsAlike"
    | "gainTooHigh"
    | "doubleClicksMissing"
    | "doubleClicksMany"
    | "photocurrent"
    | "detectorBalance"
    | "trojanLight";
  readonly attack: Attack;
  /** One sentence with the figures seen and expected. */
  readonly evidence: string;
}

/**
 * When a deviation counts. Every statistical test needs both: `sigmas` (the tail probability of a normal variable beyond
 * so many standard deviations; counts are judged by the exact Poisson tail) and a margin for what calibration and drift
 * may move.
 */
export interface IndicatorThresholds {
  readonly sigmas: number;
  /** Error rate: expectation x (1 + relative) + absolute. */
  readonly qberRelative: number;
  readonly qberAbsolute: number;
  /** Difference of the bases' error rates beyond the expected difference. */
  readonly basisDifference: number;
  /** Relative deviation of the decoy gain from what signal and vacuum gain imply. */
  readonly decoyRelative: number;
  /** Relative rise of the vacuum gain that asks for an explanation by background light. */
  readonly vacuumRelative: number;
  /** Signal gain over expectation: no fibre gets this much better by itself. */
  readonly gainFactor: number;
  readonly doubleClickFactor: number;
  /** Photocurrent over what the detections at the learned charge per click explain. */
  readonly photocurrentFactor: number;
  /** Photocurrent that needs no explanation, nA. */
  readonly leakageNa: number;
  /** Charge per click that no detector of this kind has, fC: holds before one is learned, and whatever was learned. */
  readonly chargeLimitFc: number;
  /** Difference of the detectors' shares of the sifted bits from the expected ones. */
  readonly balanceDifference: number;
  /** Rise of the output monitor over the laser's own power, dB. */
  readonly monitorExcessDb: number;
}

export const DEFAULT_THRESHOLDS: IndicatorThresholds = {
  sigmas: 6,
  qberRelative: 0.25,
  qberAbsolute: 0.005,
  basisDifference: 0.02,
  decoyRelative: 0.04,
  vacuumRelative: 0.25,
  gainFactor: 1.3,
  doubleClickFactor: 2,
  photocurrentFactor: 2,
  leakageNa: 20,
  chargeLimitFc: 350,
  balanceDifference: 0.02,
  monitorExcessDb: 1,
};

/** Counts below which a statistic is too poor to judge. */
export const LEAST_COUNTS = 20;

/** A fraction as the evidence of an indicator shows it. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}
