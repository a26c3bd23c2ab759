import { WINDOW_GATES } from "../../../kernels/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { DRIFT_SLICE_GATES, drifts } from "../effects/phase-drift.ts";

/** The usual drift is followed this often, a third of the time in which its phase forgets. */
const SLICE_S = 0.03;

/** Gates over which conditions count as constant: a power of two that divides the window. */
export function sliceGates(conditions: OpticsConditions): number {
  if (drifts(conditions)) return DRIFT_SLICE_GATES;
  const { clockDrift, drift, link } = conditions;
  if (drift === undefined && clockDrift.ppb === 0) return WINDOW_GATES;
  // A clock's error is followed in steps of a twentieth of its way.
  const stepS = clockDrift.ppb === 0 ? SLICE_S : Math.min(SLICE_S, clockDrift.recentreS / 20);
  const gates = 2 ** Math.round(Math.log2(link.clockHz * stepS));
  return Math.min(WINDOW_GATES, Math.max(DRIFT_SLICE_GATES, gates));
}
