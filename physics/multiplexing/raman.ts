import { checkArgument, rule } from "../../options/index.ts";
import { BOLTZMANN, PLANCK, photonEnergyJ, SPEED_OF_LIGHT, terahertzOfNanometres } from "../constants.ts";
import { requireInRange } from "../range.ts";
import { FIBRE_RANGE_NM, interpolate } from "./fibre.ts";

/**
 * Spontaneous Raman coefficient of standard fibre for a pump at 1550 nm, measured by Eraerds et al. 2010: scattered
 * wavelength in nm, 1/(km nm).
 */
const MEASURED_AT_1550: readonly (readonly [nm: number, perKmNm: number])[] = [
  [1510, 2.2e-9],
  [1520, 2.6e-9],
  [1530, 3.3e-9],
  [1534, 3.6e-9],
  [1538, 4.0e-9],
  [1542, 3.4e-9],
  [1544, 2.7e-9],
  [1546, 1.9e-9],
  [1548, 1.6e-9],
  [1552, 1.8e-9],
  [1554, 2.1e-9],
  [1556, 3.4e-9],
  [1558, 4.3e-9],
  [1562, 5.1e-9],
  [1570, 4.8e-9],
  [1580, 4.1e-9],
  [1590, 3.7e-9],
];

/**
 * Raman gain of standard single-mode fibre against frequency offset: THz, 1/(W km), pump at 1454 nm. Knots of the profile
 * that the GNPy project publishes; beyond 42 THz no gain is known.
 */
const GAIN_PROFILE: readonly (readonly [thz: number, perWattKm: number])[] = [
  [0, 0],
  [0.5, 0.0112],
  [1, 0.0348],
  [2, 0.0807],
  [3, 0.11],
  [4, 0.125],
  [5, 0.141],
  [6, 0.157],
  [7, 0.188],
  [8, 0.224],
  [9, 0.278],
  [10, 0.335],
  [11, 0.377],
  [12, 0.411],
  [12.75, 0.42],
  [13.5, 0.408],
  [14.5, 0.409],
  [15, 0.314],
  [15.5, 0.216],
  [16, 0.123],
  [17, 0.0752],
  [18, 0.0888],
  [18.5, 0.0937],
  [19.5, 0.045],
  [20.5, 0.0302],
  [22, 0.0283],
  [23, 0.0366],
  [24, 0.0655],
  [25, 0.0538],
  [26, 0.0268],
  [28, 0.0133],
  [29, 0.00985],
  [30, 0.00909],
  [31, 0.015],
  [32, 0.0216],
  [33, 0.0182],
  [34, 0.00965],
  [34.5, 0.00863],
  [36, 0.0108],
  [37, 0.0093],
  [38, 0.00691],
  [39, 0.00391],
  [40, 0.00156],
  [42, 0.00008],
];

/** Temperature of the fibre for which the coefficients hold, K. */
const FIBRE_KELVIN = 295;
const TABLE_PUMP_NM = 1550;

/**
 * Spontaneous Raman coefficient: power scattered from `pumpNm` per km and nm of bandwidth at `quantumNm`, over the pump's.
 * The measured table where it reaches, shifted to other pumps by equal frequency offset and the fourth power of the
 * wavelength; the theory elsewhere.
 */
export function ramanCoefficientPerKmNm(pumpNm: number, quantumNm: number): number {
  requireInRange("pumpNm", pumpNm, FIBRE_RANGE_NM);
  requireInRange("quantumNm", quantumNm, FIBRE_RANGE_NM);
  const shifted = 1 / (1 / TABLE_PUMP_NM - 1 / pumpNm + 1 / quantumNm);
  const first = MEASURED_AT_1550[0]?.[0] ?? 0;
  const last = MEASURED_AT_1550[MEASURED_AT_1550.length - 1]?.[0] ?? 0;
  if (!(shifted >= first && shifted <= last)) return ramanCoefficientTheory(pumpNm, quantumNm);
  return interpolate(MEASURED_AT_1550, shifted) * (shifted / quantumNm) ** 4;
}

/**
 * The coefficient from the Raman gain and the thermal phonon number n: h nu g (n + 1 towards longer, n towards shorter
 * wavelengths) c / l^2. Within 0.7 to 1.3 of the measured table over +-40 nm. Between C band and O band (34 THz) it rests on
 * the far tail of the gain: +-5 dB, to be calibrated where it matters; no measurement is known to this program.
 */
export function ramanCoefficientTheory(pumpNm: number, quantumNm: number): number {
  requireInRange("pumpNm", pumpNm, FIBRE_RANGE_NM);
  requireInRange("quantumNm", quantumNm, FIBRE_RANGE_NM);
  const offsetThz = terahertzOfNanometres(pumpNm) - terahertzOfNanometres(quantumNm);
  if (offsetThz === 0) return 0;
  const gainPerWattKm = Math.abs(offsetThz) > 42 ? 0 : interpolate(GAIN_PROFILE, Math.abs(offsetThz));
  const phonons = 1 / Math.expm1((PLANCK * Math.abs(offsetThz) * 1e12) / (BOLTZMANN * FIBRE_KELVIN));
  const hertzPerNm = (SPEED_OF_LIGHT / (quantumNm * 1e-9) ** 2) * 1e-9;
  return photonEnergyJ(quantumNm) * gainPerWattKm * (offsetThz > 0 ? phonons + 1 : phonons) * hertzPerNm;
}

/** A stretch of fibre as Raman scattering sees it; attenuations in nepers of power per km. */
export interface RamanSpan {
  readonly fibreKm: number;
  readonly pumpNepersPerKm: number;
  readonly quantumNepersPerKm: number;
}

const SPAN = rule.like(
  { fibreKm: rule.anyNumber, pumpNepersPerKm: rule.anyNumber, quantumNepersPerKm: rule.anyNumber },
  "a stretch of fibre",
);

/** Effective length in km: Raman power at Bob / (launched power x coefficient x bandwidth), pump travelling with the photons. */
export function forwardRamanLengthKm(span: RamanSpan): number {
  checkArgument("span", span, SPAN);
  const { fibreKm, pumpNepersPerKm, quantumNepersPerKm } = span;
  const difference = quantumNepersPerKm - pumpNepersPerKm;
  const slower = Math.exp(-quantumNepersPerKm * fibreKm);
  if (Math.abs(difference * fibreKm) < 1e-9) return fibreKm * slower;
  return (slower * Math.expm1(difference * fibreKm)) / difference;
}

/** The same for a pump launched at Bob's end, travelling against the photons. */
export function backwardRamanLengthKm(span: RamanSpan): number {
  checkArgument("span", span, SPAN);
  const sum = span.pumpNepersPerKm + span.quantumNepersPerKm;
  return sum === 0 ? span.fibreKm : -Math.expm1(-sum * span.fibreKm) / sum;
}
