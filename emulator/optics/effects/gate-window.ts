import type { OpticsConditions } from "../conditions.ts";

/** Width of the laser pulse leaving Alice, picoseconds full width at half maximum (gain-switched laser). */
const PULSE_FWHM_PS = 35;
/** Width of a detector gate's sensitivity, picoseconds full width at half maximum (1 GHz self-differencing). */
const GATE_FWHM_PS = 150;
const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.log(2));

/**
 * Sensitivity of detector 0 and 1 to the arriving pulses relative to a centred, undispersed pulse. Gate and pulse are
 * taken as Gaussian in time: a pulse of variance p in a gate of variance g, off centre by d, overlaps by
 * sqrt(g / (g + p)) exp(-d^2 / 2(g + p)). Chromatic dispersion (D L times spectral width, rms) widens the pulse; the
 * gates of the two detectors may lie apart, which an Eve who shifts pulses in time turns into an imbalance.
 */
export function gateOverlap(conditions: OpticsConditions): readonly [number, number] {
  const gate = (GATE_FWHM_PS / FWHM_PER_SIGMA) ** 2;
  const launched = (PULSE_FWHM_PS / FWHM_PER_SIGMA) ** 2;
  const width = gate + launched + conditions.dispersionPs ** 2 + conditions.timingJitter.ps ** 2;
  const widened = Math.sqrt((gate + launched) / width);
  const arrival = conditions.gateDelayPs + conditions.timeShiftPs;
  const at = (offCentre: number) => widened * Math.exp(-(offCentre ** 2) / (2 * width));
  return [at(arrival + conditions.detectorSkewPs / 2), at(arrival - conditions.detectorSkewPs / 2)];
}
