import { checkedSeconds } from "../../schema/duration.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { lossOf, withoutLoss } from "../link-state/losses.ts";

/** Wind on an aerial fibre. */
export const sway = happening({
  event: "sway",
  says: "wind on an aerial fibre: the loss swings between 0 and the amplitude above the rest",
  fields: {
    amplitudeDb: field.number({ min: 0, max: 20, openMin: true }, "peak additional loss, dB"),
    period: field.span({ min: 0.2, max: 86_400 }, "of one swing, at least 200 ms"),
  },
  lasts: "always",
  holds: () => "the wind",
  refuses: ({ aerial }) =>
    aerial ? undefined : { says: "is sway on a buried fibre", allowed: "sway where fibre.kind is aerial" },
  course: ({ amplitudeDb, period }, _plan, key) => ({
    swings: { quantity: lossOf(key), peak: amplitudeDb, periodS: checkedSeconds(period) },
  }),
  ends: (_event, key) => withoutLoss("sway", key),
});
