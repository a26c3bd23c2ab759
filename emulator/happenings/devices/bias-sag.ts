import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** The more clicks, the less bias: gain and charge of a click fall at high rates. */
export const biasSag = happening({
  event: "biasSag",
  says: "the bias supply gets soft: the current of the avalanches lowers it",
  fields: { ohm: field.number(CONTROL_RANGES.biasResistorOhm, "between supply and detectors, ohm") },
  lasts: "maybe",
  holds: () => "the bias supply",
  course: ({ ohm }) => ({ begins: (state) => ({ ...state, biasResistorOhm: ohm }) }),
  ends: () => (state) => ({ ...state, biasResistorOhm: 0 }),
});
