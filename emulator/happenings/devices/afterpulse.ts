import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** Traps in the diodes hold more carriers than they did: the gaps between clicks show it. */
export const afterpulse = happening({
  event: "afterpulse",
  says: "more avalanches are followed by another one, or fewer",
  fields: {
    factor: field.number(
      CONTROL_RANGES.afterpulseFactor,
      "on the afterpulses of the link; at most one in two",
    ),
  },
  lasts: "maybe",
  holds: () => "the afterpulses",
  course: ({ factor }) => ({ begins: (state) => ({ ...state, afterpulseFactor: factor }) }),
  ends: () => (state) => ({ ...state, afterpulseFactor: 1 }),
});
