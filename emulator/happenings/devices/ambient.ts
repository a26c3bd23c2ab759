import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { site } from "../site-name.ts";

/** The air around a housing warms or cools. */
export const ambient = happening({
  event: "ambient",
  says: "the air around a housing changes its temperature",
  fields: { site, celsius: field.number({ min: -40, max: 70 }, "of the air, degrees Celsius") },
  moves: true,
  holds: (event) => `the air at ${event.site}`,
  course: ({ site: at, celsius }) => ({
    moves: [
      {
        quantity: {
          get: (state) => state.ambientC[at],
          set: (state, value) => ({ ...state, ambientC: { ...state.ambientC, [at]: value } }),
        },
        to: celsius,
      },
    ],
  }),
});
