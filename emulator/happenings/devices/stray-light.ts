import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** An open cap, a lamp: clicks that stay when the laser is off and the fibre is cut. */
export const strayLight = happening({
  event: "strayLight",
  says: "light gets into the receiver beside the fibre",
  fields: { perGate: field.number({ min: 0, max: 0.1 }, "click probability a gate, both detectors summed") },
  lasts: "maybe",
  holds: () => "stray light",
  course: ({ perGate }) => ({ begins: (state) => ({ ...state, strayPerGate: perGate }) }),
  ends: () => (state) => ({ ...state, strayPerGate: 0 }),
});
