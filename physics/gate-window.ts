import { checkArgument, rule } from "../options/index.ts";
import type { LinkParameters } from "./link-parameters.ts";
import { requireInRange } from "./range.ts";

/** Width of the laser pulse leaving Alice, picoseconds full width at half maximum (gain-switched laser). */
const PULSE_FWHM_PS = 35;
/** Width of a detector gate's sensitivity, picoseconds full width at half maximum (1 GHz self-differencing). */
const GATE_FWHM_PS = 150;
const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.log(2));

/** Variances of gate and pulse, ps^2. */
export const GATE_VARIANCE_PS2 = (GATE_FWHM_PS / FWHM_PER_SIGMA) ** 2;
export const PULSE_VARIANCE_PS2 = (PULSE_FWHM_PS / FWHM_PER_SIGMA) ** 2;

/** How pulses meet the detectors' gates. */
export interface GateTiming {
  /** Arrival of the pulses off the middle between both gates, ps; positive where they come late. */
  readonly arrivalPs: number;
  /** Distance between the gates of detector 1 and detector 0, ps; positive where that of detector 1 opens later. */
  readonly skewPs: number;
  /** What widens the pulses on their way, ps rms: dispersion, jitter of the avalanches. */
  readonly broadeningPs?: number;
}

const TIMING = rule.like({ arrivalPs: rule.anyNumber, skewPs: rule.anyNumber }, "how pulses meet gates");

/**
 * Arrival of the pulses off the middle of the gate of detector 0 and of detector 1, ps.
 * @throws ConfigError QKD_CONFIG_INVALID.
 */
export function arrivalAtGates(timing: GateTiming): readonly [number, number] {
  checkArgument("timing", timing, TIMING);
  const { arrivalPs, skewPs } = timing;
  return [arrivalPs + skewPs / 2, arrivalPs - skewPs / 2];
}

/**
 * Sensitivity of detector 0 and 1 to the arriving pulses relative to a centred, unbroadened pulse. Gate and pulse are
 * taken as Gaussian in time: a pulse of variance p in a gate of variance g, off centre by d, overlaps by
 * sqrt(g / (g + p)) exp(-d^2 / 2(g + p)).
 * @throws ConfigError QKD_PHYSICS_RANGE, QKD_CONFIG_INVALID.
 */
export function gateSensitivity(timing: GateTiming): readonly [number, number] {
  checkArgument("timing", timing, TIMING);
  const { broadeningPs = 0 } = timing;
  requireInRange("broadeningPs", broadeningPs, { min: 0 });
  const nominal = GATE_VARIANCE_PS2 + PULSE_VARIANCE_PS2;
  const width = nominal + broadeningPs ** 2;
  const widened = Math.sqrt(nominal / width);
  const [zero, one] = arrivalAtGates(timing);
  const at = (offCentrePs: number) => widened * Math.exp(-(offCentrePs ** 2) / (2 * width));
  return [at(zero), at(one)];
}

/**
 * The link as the closed form knows it where pulses miss the middle of the gates: light that misses is not detected.
 * @throws ConfigError QKD_PHYSICS_RANGE, QKD_CONFIG_INVALID.
 */
export function linkThroughGates(link: LinkParameters, timing: GateTiming): LinkParameters {
  const [zero, one] = gateSensitivity(timing);
  const [efficiency0, efficiency1] = link.detectorEfficiency;
  return { ...link, detectorEfficiency: [efficiency0 * zero, efficiency1 * one] };
}
