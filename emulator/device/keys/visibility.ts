import type { FrameStatistics } from "./frame-statistics.ts";

/** Fewer signal detections than this show no fringe. */
const LEAST_SIGNAL = 100;
/** A visibility less certain than this (standard deviation) is none: its alarm would come from chance. */
const MOST_UNCERTAIN = 0.012;

/**
 * Contrast of the interference: errors of signal pulses beyond those of the background, whose clicks hit either
 * detector. The background is what vacuum pulses show, scaled to as many pulses as the signal had.
 */
export function visibility(fringe: FrameStatistics["fringe"]): number | null {
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
