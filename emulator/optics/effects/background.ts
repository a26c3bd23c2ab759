import type { OpticsConditions } from "../conditions.ts";
import { detectorState } from "./detector.ts";

/** Mean numbers of background events per gate in detector 0 and 1. */
export interface Background {
  readonly dark: readonly [number, number];
  readonly noise: readonly [number, number];
}

/**
 * Dark counts and noise photons as Poisson means: a click probability p a gate is the mean -ln(1 - p). Noise photons
 * split evenly over the detectors; the link's figure is already in clicks. A cut fibre brings no noise.
 */
export function background(conditions: OpticsConditions): Background {
  const { darkCountsPerGate } = detectorState(conditions);
  const noise = conditions.fibreCut ? 0 : -Math.log1p(-conditions.link.noisePerGate / 2);
  return {
    dark: [-Math.log1p(-darkCountsPerGate[0]), -Math.log1p(-darkCountsPerGate[1])],
    noise: [noise, noise],
  };
}
