import { checkArgument, rule } from "../../options/index.ts";
import { requireInRange } from "../range.ts";
import { logIncompleteGamma } from "../special/index.ts";

/** Wavelengths that the fibre model covers. */
export const FIBRE_RANGE_NM = { min: 1260, max: 1675 } as const;

/**
 * Typical attenuation of installed G.652.D fibre, nm and dB/km. The values at 1310, 1383, 1550 and 1625 nm are those of the
 * recommendation's appendix; 1260 and 1675 nm extend them by Rayleigh scattering and by infrared absorption.
 */
const ATTENUATION_DB_PER_KM: readonly (readonly [nm: number, dbPerKm: number])[] = [
  [1260, 0.386],
  [1310, 0.33],
  [1383, 0.28],
  [1490, 0.22],
  [1550, 0.195],
  [1625, 0.22],
  [1675, 0.26],
];

/** Zero-dispersion wavelength and slope of the dispersion there: mid of the range and upper limit of G.652. */
const ZERO_DISPERSION_NM = 1310;
const ZERO_DISPERSION_SLOPE = 0.092;

/** Typical attenuation of G.652.D fibre, dB/km, interpolated. */
export function fibreAttenuationDbPerKm(wavelengthNm: number): number {
  requireInRange("wavelengthNm", wavelengthNm, FIBRE_RANGE_NM);
  return interpolate(ATTENUATION_DB_PER_KM, wavelengthNm);
}

/** Nepers of power per km for decibels per km. */
export function nepersPerKm(dbPerKm: number): number {
  checkArgument("dbPerKm", dbPerKm, rule.anyNumber);
  return (dbPerKm * Math.LN10) / 10;
}

/** Chromatic dispersion D = (S0/4)(l - l0^4/l^3) of G.652 fibre, ps/(nm km). */
export function fibreDispersion(wavelengthNm: number): number {
  requireInRange("wavelengthNm", wavelengthNm, FIBRE_RANGE_NM);
  return (ZERO_DISPERSION_SLOPE / 4) * (wavelengthNm - ZERO_DISPERSION_NM ** 4 / wavelengthNm ** 3);
}

/** Slope of the dispersion, ps/(nm^2 km). */
export function fibreDispersionSlope(wavelengthNm: number): number {
  requireInRange("wavelengthNm", wavelengthNm, FIBRE_RANGE_NM);
  return (ZERO_DISPERSION_SLOPE / 4) * (1 + (3 * ZERO_DISPERSION_NM ** 4) / wavelengthNm ** 4);
}

/** Spread |D| L dl in ps that dispersion adds to a pulse of spectral width `spectralWidthNm`. */
export function pulseBroadeningPs(wavelengthNm: number, fibreKm: number, spectralWidthNm: number): number {
  requireInRange("fibreKm", fibreKm, { min: 0 });
  requireInRange("spectralWidthNm", spectralWidthNm, { min: 0 });
  return Math.abs(fibreDispersion(wavelengthNm)) * fibreKm * spectralWidthNm;
}

/**
 * Fraction of a Gaussian pulse that falls into a centred gate window; all three are full widths in ps, pulse and
 * broadening at half maximum, added in squares.
 */
export function gateCapture(pulsePs: number, broadeningPs: number, gateWindowPs: number): number {
  requireInRange("pulsePs", pulsePs, { min: 0 });
  requireInRange("broadeningPs", broadeningPs, { min: 0 });
  requireInRange("gateWindowPs", gateWindowPs, { min: 0, openMin: true });
  const deviation = Math.hypot(pulsePs, broadeningPs) / Math.sqrt(8 * Math.LN2);
  if (deviation === 0) return 1;
  return Math.exp(logIncompleteGamma(0.5, (gateWindowPs / 2 / deviation) ** 2 / 2).lower);
}

/** Linear interpolation in a table sorted by its first column; the ends hold beyond it. */
export function interpolate(table: readonly (readonly [x: number, y: number])[], x: number): number {
  const after = table.findIndex(([knot]) => knot >= x);
  const [high, low] = [table[after], table[after - 1]];
  if (high === undefined) return table[table.length - 1]?.[1] ?? Number.NaN;
  if (low === undefined) return high[1];
  return low[1] + ((high[1] - low[1]) * (x - low[0])) / (high[0] - low[0]);
}
