import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** The pulses' arrival wanders away from the gates, as a fibre does that warms: delay scans and tuning find it again. */
export const gateDrift = happening({
  event: "gateDrift",
  says: "the pulses' arrival wanders against the gates",
  fields: { ps: field.number(CONTROL_RANGES.delayPs, "arrival, positive late, picoseconds") },
  moves: true,
  holds: () => "the gates' drift",
  course: ({ ps }) => ({
    moves: [
      {
        quantity: {
          get: (state) => state.arrivalDriftPs,
          set: (state, value) => ({ ...state, arrivalDriftPs: value }),
        },
        to: ps,
      },
    ],
  }),
});
