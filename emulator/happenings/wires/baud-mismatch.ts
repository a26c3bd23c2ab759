import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { site } from "../site-name.ts";
import { damageOf } from "./wire-fields.ts";

/** The two ends of a serial line disagree on its speed. */
export const baudMismatch = happening({
  event: "baudMismatch",
  says: "the device's end of the serial line runs at another speed",
  fields: {
    site,
    port: field.choice(["serial"], "the serial line"),
    baud: field.number({ min: 50, max: 50_000_000, integer: true }, "the wrong speed, baud"),
  },
  lasts: "always",
  formerly: "wire",
  holds: damageOf("baudMismatch"),
  wire: ({ baud }) => ({ type: "baudMismatch", baud }),
});
