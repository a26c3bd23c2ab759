import { checkArgument, maybe, rule } from "../../options/index.ts";
import { SPEED_OF_LIGHT } from "../constants.ts";
import { fibreDispersion, fibreDispersionSlope } from "./fibre.ts";

/** Nonlinear coefficient of standard fibre, 1/(W km). */
export const NONLINEAR_PER_WATT_KM = 1.3;

/** Three channels whose mixing product f_i + f_j - f_k falls on the quantum channel; powers at the fibre's input, W. */
export interface FourWaveMixingTriplet {
  readonly thz: readonly [fi: number, fj: number, fk: number];
  readonly watts: readonly [pi: number, pj: number, pk: number];
  /** 6 for three different channels, 3 where i and j are the same. */
  readonly degeneracy: 3 | 6;
}

/** Fibre as mixing sees it. */
export interface MixingSpan {
  readonly fibreKm: number;
  readonly nepersPerKm: number;
  /** Wavelength at which dispersion acts, nm. */
  readonly wavelengthNm: number;
  /** Dispersion in ps/(nm km) and its slope in ps/(nm^2 km), where they are not those of G.652 fibre. */
  readonly dispersion?: number;
  readonly dispersionSlope?: number;
}

const TRIPLET = rule.like(
  { thz: rule.numbers(3), watts: rule.numbers(3), degeneracy: rule.anyNumber },
  "three frequencies, three powers and their degeneracy",
);
const SPAN = rule.like(
  {
    fibreKm: rule.anyNumber,
    nepersPerKm: rule.anyNumber,
    wavelengthNm: rule.anyNumber,
    dispersion: maybe(rule.anyNumber),
    dispersionSlope: maybe(rule.anyNumber),
  },
  "a stretch of fibre",
);

function checkMixing(triplet: FourWaveMixingTriplet, span: MixingSpan): void {
  checkArgument("triplet", triplet, TRIPLET);
  checkArgument("span", span, SPAN);
}

/** Power in watts of one mixing product at the end of the fibre (physics paper, section 3). */
export function fourWaveMixingWatts(triplet: FourWaveMixingTriplet, span: MixingSpan): number {
  checkMixing(triplet, span);
  const { fibreKm, nepersPerKm } = span;
  const survival = Math.exp(-nepersPerKm * fibreKm);
  const effectiveKm = nepersPerKm === 0 ? fibreKm : -Math.expm1(-nepersPerKm * fibreKm) / nepersPerKm;
  const [pi, pj, pk] = triplet.watts;
  const strength = (triplet.degeneracy * NONLINEAR_PER_WATT_KM * effectiveKm) ** 2 / 9;
  return mixingEfficiency(triplet, span) * strength * pi * pj * pk * survival;
}

/** Phase matching eta_F: 1 near zero dispersion, falling with spacing and dispersion. */
export function mixingEfficiency(triplet: FourWaveMixingTriplet, span: MixingSpan): number {
  checkMixing(triplet, span);
  const { fibreKm, nepersPerKm } = span;
  const mismatch = phaseMismatchPerKm(triplet, span);
  // No length, no phase to slip; the ripple below would be nothing over nothing.
  if (mismatch === 0 || fibreKm === 0) return 1;
  const survival = Math.exp(-nepersPerKm * fibreKm);
  const half = Math.sin((mismatch * fibreKm) / 2) ** 2;
  if (nepersPerKm === 0) return (4 * half) / (mismatch * fibreKm) ** 2;
  const ripple = 1 + (4 * survival * half) / (1 - survival) ** 2;
  return (nepersPerKm ** 2 / (nepersPerKm ** 2 + mismatch ** 2)) * ripple;
}

function phaseMismatchPerKm(triplet: FourWaveMixingTriplet, span: MixingSpan): number {
  const { wavelengthNm } = span;
  const [fi, fj, fk] = triplet.thz.map((thz) => thz * 1e12) as [number, number, number];
  const [near, far] = [Math.abs(fi - fk), Math.abs(fj - fk)];
  const wavelengthM = wavelengthNm * 1e-9;
  const dispersion = (span.dispersion ?? fibreDispersion(wavelengthNm)) * 1e-6; // s/m^2
  const slope = (span.dispersionSlope ?? fibreDispersionSlope(wavelengthNm)) * 1e3; // s/m^3
  const factor = (2 * Math.PI * wavelengthM ** 2) / SPEED_OF_LIGHT;
  const mean = dispersion + (wavelengthM ** 2 / (2 * SPEED_OF_LIGHT)) * (near + far) * slope;
  return factor * near * far * mean * 1e3;
}
