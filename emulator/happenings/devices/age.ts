import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import type { Quantity } from "../link-state/course.ts";

const LASER_POWER: Quantity = {
  get: (state) => state.laserPower,
  set: (state, laserPower) => ({ ...state, laserPower }),
};

/** The laser's light falls or rises to this share of what it was when new. */
export const age = happening({
  event: "age",
  says: "the laser's light changes to this share of nominal",
  fields: { relativePower: field.number(CONTROL_RANGES.laserPower, "share of nominal") },
  moves: true,
  formerly: "laserPower",
  holds: () => "the laser's power",
  course: ({ relativePower }) => ({ moves: [{ quantity: LASER_POWER, to: relativePower }] }),
});
