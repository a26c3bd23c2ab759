import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import type { Change } from "../link-state/link-state.ts";

const off =
  (modeHopRad: number): Change =>
  (state) => ({ ...state, modeHopRad });

/**
 * The laser hops to another longitudinal mode: interferometers of unequal arms turn the step of wavelength into a step of
 * phase, which stays until the tracking loop has found it (`for`).
 */
export const modeHop = happening({
  event: "modeHop",
  says: "the laser hops to another mode: a step of phase, until the tracking loop has followed",
  fields: { phaseRad: field.number(CONTROL_RANGES.phaseErrorRad, "step of the phase, radian") },
  lasts: "always",
  holds: () => "the laser's mode",
  course: ({ phaseRad }) => ({ begins: off(phaseRad) }),
  ends: () => off(0),
});
