import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** The fibre's loss is set as a whole. */
export const fibreLoss = happening({
  event: "fibreLoss",
  says: "loss of the whole fibre; bends and dirt that were there are gone",
  fields: { db: field.number(CONTROL_RANGES.fibreLossDb, "with its connectors, dB") },
  liveOnly: true,
  course: ({ db }) => ({ begins: (state) => ({ ...state, lossesDb: { fibre: db } }) }),
});
