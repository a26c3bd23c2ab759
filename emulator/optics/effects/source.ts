import type { OpticsConditions } from "../conditions.ts";
import { offsetIntensities } from "./modulator.ts";

/**
 * Jitter levels of equal probability: conditional means of a standard normal variable over its eighths, scaled to unit
 * variance. Eight levels keep mean and variance exact, which is all that the gains feel to second order.
 */
export const JITTER_LEVELS: readonly number[] = (() => {
  const half = [0.1580133, 0.4887764, 0.8871466, 1.6465286];
  const scale = Math.sqrt(4 / half.reduce((sum, level) => sum + level * level, 0));
  const positive = half.map((level) => level * scale);
  return [...positive.map((level) => -level).reverse(), ...positive];
})();

/**
 * Mean photon number leaving Alice (physics paper 1.1): the modulator's setting with its bias, times laser power, times the change that
 * the pulse before left behind (pattern effect), times the jitter of this pulse. A finite extinction is simply a vacuum
 * intensity above zero.
 */
export function meanPhotons(
  conditions: OpticsConditions,
  intensity: number,
  before: number,
  jitterLevel: number,
): number {
  if (!conditions.laserOn) return 0;
  const offsetV = conditions.modulatorOffsetV + conditions.modulatorSettingV;
  const set = offsetIntensities(conditions.link.intensities, offsetV)[intensity] ?? 0;
  const pattern = 1 + (conditions.patternEffect[before] ?? 0);
  const jitter =
    conditions.intensityJitter === 0 ? 1 : 1 + conditions.intensityJitter * JITTER_LEVELS[jitterLevel]!;
  return set * conditions.laserPower * pattern * jitter;
}
