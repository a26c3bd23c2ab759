import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { attacks, EVES_THING, leaves } from "./eavesdropper.ts";

/** Eve blinds Bob's detectors and fakes states. */
export const blinding = happening({
  event: "blinding",
  says: "bright light and faked states on Bob's detectors",
  fields: {
    lightMw: field.number(CONTROL_RANGES.blindingLightMw, "light on the detectors, milliwatt"),
    fakedPerGate: field.number(CONTROL_RANGES.perGate, "that she sends a faked state"),
    basisBias: field.number(CONTROL_RANGES.share, "that she measures and fakes in Z"),
  },
  lasts: "maybe",
  attack: true,
  holds: () => EVES_THING,
  course: ({ lightMw, fakedPerGate, basisBias }) => ({
    begins: attacks({ kind: "blinding", lightMw, fakedPerGate, basisBias }),
  }),
  ends: () => leaves("blinding"),
});
