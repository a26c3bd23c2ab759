import { CONTROL_RANGES } from "../../optics/control-ranges.ts";
import { happening } from "../declaration.ts";
import { field } from "../field.ts";
import { UNWORN } from "../link-state/link-state.ts";

/** One of the detectors ages: bits become unequal, and errors grow where its dark counts do. */
export const oneDetector = happening({
  event: "oneDetector",
  says: "one detector becomes less efficient, or noisier, than the other",
  fields: {
    detector: field.number({ min: 0, max: 1, integer: true }, "the detector of which bit"),
    efficiency: field.number(CONTROL_RANGES.share, "share of its efficiency that is left"),
    darkFactor: field.number(CONTROL_RANGES.darkFactor, "factor on its dark counts"),
  },
  lasts: "maybe",
  holds: () => "the detectors' wear",
  course: ({ detector, efficiency, darkFactor }) => ({
    begins: (state) => ({
      ...state,
      detectorWear:
        detector === 0
          ? { efficiency: [efficiency, 1], darkFactor: [darkFactor, 1] }
          : { efficiency: [1, efficiency], darkFactor: [1, darkFactor] },
    }),
  }),
  ends: () => (state) => ({ ...state, detectorWear: UNWORN }),
});
