/** Width of a pulse leaving Alice and of a detector's gate, ps full width at half maximum (1 GHz self-differencing). */
const PULSE_FWHM_PS = 35;
const GATE_FWHM_PS = 150;
const FWHM_PER_SIGMA = 2 * Math.sqrt(2 * Math.log(2));

/** Variance of pulse and gate together, ps squared. */
const VARIANCE = (PULSE_FWHM_PS ** 2 + GATE_FWHM_PS ** 2) / FWHM_PER_SIGMA ** 2;

/** Sensitivity to a pulse that arrives so far off the middle of a gate, relative to one in the middle. */
export function overlapAt(offCentrePs: number): number {
  return Math.exp(-(offCentrePs ** 2) / (2 * VARIANCE));
}

/** Loss by pulses that are this much wider, ps rms, dB. */
export function broadeningLossDb(rmsPs: number): number {
  return 5 * Math.log10(1 + rmsPs ** 2 / VARIANCE);
}
