import type { OpticsConditions } from "../conditions.ts";
import { detectorState } from "./detector.ts";
import { classicalNoise } from "./multiplexing.ts";

/** Mean numbers of background events per gate in detector 0 and 1. */
export interface Background {
  readonly dark: readonly [number, number];
  readonly noise: readonly [number, number];
}

/**
 * Dark counts and noise photons as Poisson means: a click probability p a gate is the mean -ln(1 - p). Noise photons
 * split evenly over the detectors; the link's figure and that of classical channels are already in clicks. A cut fibre brings no noise.
 */
export function background(conditions: OpticsConditions): Background {
  const { darkCountsPerGate } = detectorState(conditions);
  const measured = conditions.fibreCut ? 0 : conditions.link.noisePerGate;
  const classical = Math.min(1, classicalNoise(conditions)?.total ?? 0);
  // Stray light comes beside the fibre: a cut does not end it.
  const stray = -Math.log1p(-conditions.strayPerGate / 2);
  const noise = -Math.log1p(-measured / 2) - Math.log1p(-classical / 2) + stray;
  return {
    dark: [-Math.log1p(-darkCountsPerGate[0]), -Math.log1p(-darkCountsPerGate[1])],
    noise: [noise, noise],
  };
}
