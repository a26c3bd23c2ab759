import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";

/** Eve makes one detector likelier than the other. */
export const timeShift = happening({
  event: "timeShift",
  says: "Eve delays the pulses to favour one detector",
  fields: { ps: field.number(CONTROL_RANGES.delayPs, "delay, picoseconds") },
  lasts: "maybe",
  attack: true,
  holds: () => "the arrival of the pulses",
  refuses: ({ gatesApart }) =>
    gatesApart
      ? undefined
      : {
          says: "is timeShift, which does nothing while the detectors' gates coincide",
          allowed: "timeShift with initial.detectorSkewPs other than 0",
        },
  course: ({ ps }) => ({ begins: (state) => ({ ...state, timeShiftPs: ps }) }),
  ends: () => (state) => ({ ...state, timeShiftPs: 0 }),
});
