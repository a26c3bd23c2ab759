import { checkArgument, rule } from "../options/index.ts";

/** Speed of light in vacuum, m/s. */
export const SPEED_OF_LIGHT = 299_792_458;
/** Planck constant, J s. */
export const PLANCK = 6.626_070_15e-34;
/** Boltzmann constant, J/K. */
export const BOLTZMANN = 1.380_649e-23;

/** Energy in joules of a photon of that vacuum wavelength. */
export function photonEnergyJ(wavelengthNm: number): number {
  checkArgument("wavelengthNm", wavelengthNm, rule.anyNumber);
  return (PLANCK * SPEED_OF_LIGHT) / (wavelengthNm * 1e-9);
}

/** Optical frequency in THz of a vacuum wavelength in nm, and the reverse: the two are each other's inverse. */
export function terahertzOfNanometres(wavelengthNm: number): number {
  checkArgument("wavelengthNm", wavelengthNm, rule.anyNumber);
  return SPEED_OF_LIGHT / 1e3 / wavelengthNm;
}

/** Vacuum wavelength in nm of an optical frequency in THz. */
export function nanometresOfTerahertz(frequencyThz: number): number {
  checkArgument("frequencyThz", frequencyThz, rule.anyNumber);
  return SPEED_OF_LIGHT / 1e3 / frequencyThz;
}
