import { happening } from "../declaration.ts";

/** The fibre is cut. */
export const cut = happening({
  event: "cut",
  says: "the fibre is cut; with `for` it is repaired after that time",
  fields: {},
  lasts: "maybe",
  formerly: "fibreCut",
  turns: () => ({ what: "the fibre is cut", on: true }),
  course: () => ({ begins: (state) => ({ ...state, cut: true }) }),
  ends: () => (state) => ({ ...state, cut: false }),
});
