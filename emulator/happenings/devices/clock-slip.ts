import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** The receiver has lost some cycles of the clock, until the coarse delay is found again. */
export const clockSlip = happening({
  event: "clockSlip",
  says: "the receiver counts its gates wrongly: its frames speak of other gates than the transmitter's",
  fields: { gates: field.number(CONTROL_RANGES.slipGates, "by which it is ahead") },
  lasts: "maybe",
  holds: () => "the receiver's count of gates",
  course: ({ gates }) => ({ begins: (state) => ({ ...state, slipGates: gates }) }),
  ends: () => (state) => ({ ...state, slipGates: 0 }),
});
