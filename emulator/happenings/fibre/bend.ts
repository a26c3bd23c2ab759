import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { lossOf, withoutLoss } from "../link-state/losses.ts";

/** The fibre is bent. */
export const bend = happening({
  event: "bend",
  says: "additional loss; bends add up",
  fields: { lossDb: field.number({ min: 0, max: 100, openMin: true }, "additional loss, dB") },
  moves: true,
  lasts: "maybe",
  course: ({ lossDb }, _plan, key) => ({ moves: [{ quantity: lossOf(key), to: lossDb }] }),
  ends: (_event, key) => withoutLoss("bend", key),
});
