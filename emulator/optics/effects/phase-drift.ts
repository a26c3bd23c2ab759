import { InternalError } from "../../../errors/index.ts";
import { WINDOW_GATES } from "../../../kernels/index.ts";
import type { OpticsConditions } from "../conditions.ts";

/** Gates over which the drifting phase counts as constant: about a millisecond at 1 GHz. */
export const DRIFT_SLICE_GATES = 2 ** 20;
if (WINDOW_GATES % DRIFT_SLICE_GATES !== 0)
  throw new InternalError("QKD_INTERNAL", "slices must divide the window");

/** True where the phase changes from slice to slice. */
export function drifts(conditions: OpticsConditions): boolean {
  return conditions.phaseDrift.diffusionRadPerSqrtS > 0;
}

/**
 * Phase error one slice later: exact step of the Ornstein-Uhlenbeck process d(delta) = -kappa delta dt + sigma dW, the
 * residual of a tracking loop of bandwidth kappa (physics paper 1.2; stationary variance sigma^2 / 2 kappa). Without
 * tracking (kappa = 0) it is a random walk. `normal` is a standard normal number.
 */
export function driftedPhaseRad(conditions: OpticsConditions, normal: number): number {
  const { relaxationPerS: kappa, diffusionRadPerSqrtS: sigma } = conditions.phaseDrift;
  const dt = DRIFT_SLICE_GATES / conditions.link.clockHz;
  const decay = Math.exp(-kappa * dt);
  const variance = kappa === 0 ? dt : -Math.expm1(-2 * kappa * dt) / (2 * kappa);
  return conditions.phaseErrorRad * decay + sigma * Math.sqrt(variance) * normal;
}
