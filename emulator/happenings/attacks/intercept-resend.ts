import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { attacks, EVES_THING, fraction, leaves } from "./eavesdropper.ts";

/** Eve measures and resends. */
export const interceptResend = happening({
  event: "interceptResend",
  says: "Eve measures and resends a fraction of the pulses",
  fields: { fraction, basisBias: field.number(CONTROL_RANGES.share, "that she measures in Z") },
  lasts: "maybe",
  attack: true,
  holds: () => EVES_THING,
  course: (event) => ({
    begins: attacks({ kind: "interceptResend", fraction: event.fraction, basisBias: event.basisBias }),
  }),
  ends: () => leaves("interceptResend"),
});
