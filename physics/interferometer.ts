import { checkArgument, rule } from "../options/index.ts";
import { requireInRange } from "./range.ts";

/** Wrong-detector fraction e_d = (1 - V) / 2 of an interferometer of visibility V. */
export function misalignmentOfVisibility(visibility: number): number {
  return (1 - requireInRange("visibility", visibility, { min: 0, max: 1 })) / 2;
}

/** Wrong-detector fraction (1 - V cos d) / 2 at a residual phase error of d radians (physics paper 1.2). */
export function misalignmentAtPhase(visibility: number, phaseErrorRad: number): number {
  requireInRange("visibility", visibility, { min: 0, max: 1 });
  requireInRange("phaseErrorRad", phaseErrorRad, {});
  return (1 - visibility * Math.cos(phaseErrorRad)) / 2;
}

/** Phase drift against a tracking loop, as an Ornstein-Uhlenbeck process dd = -rate d dt + diffusion dW. */
export interface PhaseDrift {
  /** How fast the loop pulls back, 1/s. */
  readonly restoringRatePerS: number;
  /** Strength of the drift, rad / sqrt(s). */
  readonly diffusionRadPerRootS: number;
}

/** Standard deviation in radians that drift and loop settle at: diffusion / sqrt(2 rate). */
export function stationaryPhaseRad(drift: PhaseDrift): number {
  checkArgument("drift", drift, rule.anyObject);
  requireInRange("restoringRatePerS", drift.restoringRatePerS, { min: 0, openMin: true });
  requireInRange("diffusionRadPerRootS", drift.diffusionRadPerRootS, { min: 0 });
  return drift.diffusionRadPerRootS / Math.sqrt(2 * drift.restoringRatePerS);
}

/** Mean wrong-detector fraction under that drift, exact for the Gaussian stationary phase: (1 - V exp(-s^2 / 2)) / 2. */
export function misalignmentUnderDrift(visibility: number, drift: PhaseDrift): number {
  requireInRange("visibility", visibility, { min: 0, max: 1 });
  return (1 - visibility * Math.exp(-(stationaryPhaseRad(drift) ** 2) / 2)) / 2;
}
