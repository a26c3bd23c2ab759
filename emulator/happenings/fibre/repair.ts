import { happening } from "../declaration.ts";

/** The cut fibre is whole again. */
export const repair = happening({
  event: "repair",
  says: "the cut fibre is repaired",
  fields: {},
  formerly: "fibreCut",
  turns: () => ({ what: "the fibre is cut", on: false }),
  course: () => ({ begins: (state) => ({ ...state, cut: false }) }),
});
