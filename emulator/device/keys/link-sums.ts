import type { FrameStatistics } from "./frame-statistics.ts";

/** What is summed up of frames, by name. */
export type LinkSums = Readonly<Record<keyof ReturnType<typeof partsOf>, number>>;

/** What a frame adds to each sum; means are weighted with its gates. */
export function partsOf(frame: FrameStatistics) {
  const { fringe, gates } = frame;
  return {
    gates,
    detections: frame.detections,
    doubleClicks: frame.doubleClicks,
    clicks0: frame.clicksPerDetector[0],
    clicks1: frame.clicksPerDetector[1],
    matchedZ: frame.matched[0],
    matchedX: frame.matched[1],
    errorsZ: frame.errors[0],
    errorsX: frame.errors[1],
    current0: frame.photocurrentsNa[0] * gates,
    current1: frame.photocurrentsNa[1] * gates,
    sag: frame.biasSagV * gates,
    signal: fringe.signal,
    signalErrors: fringe.signalErrors,
    vacuum: fringe.vacuum,
    signalSent: fringe.signalSent,
    vacuumSent: fringe.vacuumSent,
    detectedU: frame.perIntensity[0],
    detectedV: frame.perIntensity[1],
    detectedW: frame.perIntensity[2],
    sentU: frame.sentPerIntensity[0],
    sentV: frame.sentPerIntensity[1],
    sentW: frame.sentPerIntensity[2],
    mismatched: frame.mismatched,
    mismatchedSigned: frame.mismatchedSigned,
    arrival0: frame.arrivalSumsPs[0],
    arrival1: frame.arrivalSumsPs[1],
  };
}
