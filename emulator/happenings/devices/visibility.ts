import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import type { Quantity } from "../link-state/course.ts";

const visibilityOf = (basis: "z" | "x"): Quantity => ({
  get: (state) => state.visibility[basis],
  set: (state, value) => ({ ...state, visibility: { ...state.visibility, [basis]: value } }),
});

/** The interferometers lose or find their contrast. */
export const visibility = happening({
  event: "visibility",
  says: "the interferometers' visibility moves to these values",
  fields: {
    z: field.number(CONTROL_RANGES.visibility, "visibility in Z"),
    x: field.number(CONTROL_RANGES.visibility, "visibility in X"),
  },
  moves: true,
  holds: () => "the visibility",
  course: ({ z, x }) => ({
    moves: [
      { quantity: visibilityOf("z"), to: z },
      { quantity: visibilityOf("x"), to: x },
    ],
  }),
});
