import { NOMINAL_BIAS_V, NOMINAL_DETECTOR_C, type OpticsConditions } from "../conditions.ts";
import { blindingCurrentA } from "./blinding.ts";

/** Excess bias at which the trigger probability reaches 1 - 1/e of its limit, volt. */
const TRIGGER_V = 2.5;
/** Dark counts double every 10 K (thermal generation in InGaAs, activation about 0.4 eV near -30 C). */
const DARK_DOUBLING_K = 10;
/** Dark counts grow e-fold with this excess bias (field-assisted generation), volt. */
const DARK_E_FOLD_V = 1.5;
/** Trap lifetimes fall by half every 20 K (detrapping, activation about 0.2 eV). */
const TRAP_HALVING_K = 20;
/** Charge of one avalanche of a self-differencing APD at nominal bias, coulomb (Yuan et al. 2010: 35 fC). */
const AVALANCHE_CHARGE_C = 35e-15;
/** Afterpulses that a happening brings are bounded by this: one in two keeps bursts short. */
const MOST_AFTERPULSES = 0.5;
/** Current that flows without avalanches, ampere. */
const LEAKAGE_A = 1e-9;

/** Detectors as bias and temperature leave them. */
export interface DetectorState {
  readonly efficiency: readonly [number, number];
  readonly darkCountsPerGate: readonly [number, number];
  /** Mean of both detectors. */
  readonly afterpulseProbability: number;
  /** Factor on the afterpulse time constants. */
  readonly lifetimeFactor: number;
  /** Charge of one avalanche of each detector, coulomb. */
  readonly avalancheChargeC: readonly [number, number];
}

/**
 * Efficiency, dark counts and afterpulses at the present bias and temperature, relative to the link's parameters at
 * nominal. Efficiency saturates with the excess bias and, where a slope is set, falls with temperature; dark counts double every 10 K and grow exponentially with bias;
 * afterpulses are proportional to the charge of an avalanche, that is to the excess bias. The bias supply follows the
 * breakdown voltage (0.1 V/K), so the excess stays as set when the temperature moves. Below breakdown nothing fires.
 * The shapes are the usual ones of InGaAs/InP photodiodes; their constants are typical, not those of one device.
 */
export function detectorState(conditions: OpticsConditions): DetectorState {
  const { link, detectorWear: wear, afterpulseFactor } = conditions;
  const warmer = conditions.detectorTemperatureC - NOMINAL_DETECTOR_C;
  const warmth = Math.max(0, 1 + conditions.efficiencyPerK * warmer);
  const of = (detector: 0 | 1) => {
    const excess = Math.max(
      0,
      conditions.detectorBiasV - conditions.biasSagV + conditions.biasTrimV[detector],
    );
    const trigger = Math.expm1(-excess / TRIGGER_V) / Math.expm1(-NOMINAL_BIAS_V / TRIGGER_V);
    const thermal = 2 ** (warmer / DARK_DOUBLING_K);
    const dark = excess === 0 ? 0 : thermal * Math.exp((excess - NOMINAL_BIAS_V) / DARK_E_FOLD_V);
    return {
      efficiency: Math.min(
        1,
        link.detectorEfficiency[detector] * (trigger * warmth) * wear.efficiency[detector],
      ),
      darkCounts: Math.min(0.5, link.darkCountsPerGate[detector] * dark * wear.darkFactor[detector]),
      charge: excess / NOMINAL_BIAS_V,
    };
  };
  const [zero, one] = [of(0), of(1)];
  return {
    efficiency: [zero.efficiency, one.efficiency],
    darkCountsPerGate: [zero.darkCounts, one.darkCounts],
    afterpulseProbability: Math.min(
      Math.max(MOST_AFTERPULSES, link.afterpulseProbability),
      (link.afterpulseProbability * afterpulseFactor * (zero.charge + one.charge)) / 2,
    ),
    lifetimeFactor: 2 ** (-warmer / TRAP_HALVING_K),
    avalancheChargeC: [AVALANCHE_CHARGE_C * zero.charge, AVALANCHE_CHARGE_C * one.charge],
  };
}

/**
 * Saturation: the mean current of the avalanches through the bias resistance lowers the excess bias of the gates that
 * follow, and with it efficiency, dark counts and charge. Half the way to the new value a frame, as bias filters are slow.
 */
export function biasSagV(
  conditions: OpticsConditions,
  avalanches: readonly [number, number],
  gates: number,
): number {
  const { biasResistorOhm, link } = conditions;
  if (biasResistorOhm === 0 || gates === 0) return 0;
  const [charge0, charge1] = detectorState(conditions).avalancheChargeC;
  const currentA = ((avalanches[0] * charge0 + avalanches[1] * charge1) * link.clockHz) / gates;
  return (conditions.biasSagV + biasResistorOhm * currentA) / 2;
}

/** Mean current of each detector, nanoampere: its share of leakage and blinding light, the charge of its own avalanches. */
export function photocurrentsNa(
  conditions: OpticsConditions,
  avalanches: readonly [number, number],
  gates: number,
): readonly [number, number] {
  const seconds = gates / conditions.link.clockHz;
  const { avalancheChargeC } = detectorState(conditions);
  const own = (count: number, chargeC: number) =>
    ((LEAKAGE_A + blindingCurrentA(conditions)) / 2 + (seconds > 0 ? (count * chargeC) / seconds : 0)) * 1e9;
  return [own(avalanches[0], avalancheChargeC[0]), own(avalanches[1], avalancheChargeC[1])];
}
