import type { PerIntensity } from "../../../physics/index.ts";

/** Voltage that takes the intensity modulator from dark to bright. */
const HALF_WAVE_V = 5;
/** Share of the bias controller's output that reaches the electrode. */
const ELECTRODE_SHARE = 0.1;

/**
 * Mean photon numbers with the modulator's bias off by `offsetV` at its controller (Mach-Zehnder modulator): each
 * intensity I is the signal's times sin^2(theta), and the offset turns theta by pi V / (2 V_pi). The signal sits on top of
 * the fringe and hardly moves; decoy and vacuum, on the slope and near the bottom, do.
 */
export function offsetIntensities(intensities: PerIntensity, offsetV: number): PerIntensity {
  if (offsetV === 0) return intensities;
  const [top] = intensities;
  const turn = (Math.PI * offsetV * ELECTRODE_SHARE) / (2 * HALF_WAVE_V);
  const turned = (mean: number) => top * Math.sin(Math.asin(Math.sqrt(mean / top)) + turn) ** 2;
  return [turned(top), turned(intensities[1]), turned(intensities[2])];
}
