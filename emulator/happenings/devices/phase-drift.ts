import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { NO_DRIFT } from "../link-state/link-state.ts";

/** Phase error that the tracking loop leaves over. */
export const phaseDrift = happening({
  event: "phaseDrift",
  says: "phase error left over by the tracking loop, an Ornstein-Uhlenbeck process",
  fields: {
    relaxationPerS: field.number(CONTROL_RANGES.relaxationPerS, "bandwidth of the loop, 1/s"),
    diffusionRadPerSqrtS: field.number(
      CONTROL_RANGES.diffusionRadPerSqrtS,
      "strength of the disturbance, rad per square root of a second",
    ),
  },
  lasts: "maybe",
  holds: () => "the phase drift",
  course: ({ relaxationPerS, diffusionRadPerSqrtS }) => ({
    begins: (state) => ({ ...state, phaseDrift: { relaxationPerS, diffusionRadPerSqrtS } }),
  }),
  ends: () => (state) => ({ ...state, phaseDrift: NO_DRIFT }),
});
