import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** The modulator's bias wanders off its working point: vacuum pulses are not dark any more, decoys grow with them. */
export const extinction = happening({
  event: "extinction",
  says: "the intensity modulator's bias wanders: decoy and vacuum pulses get brighter, the signal hardly",
  fields: { volt: field.number(CONTROL_RANGES.modulatorOffsetV, "off the working point, volt") },
  moves: true,
  holds: () => "the modulator's bias",
  course: ({ volt }) => ({
    moves: [
      {
        quantity: {
          get: (state) => state.modulatorOffsetV,
          set: (state, value) => ({ ...state, modulatorOffsetV: value }),
        },
        to: volt,
      },
    ],
  }),
});
