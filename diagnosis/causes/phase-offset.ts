import { withContrast, withLink } from "../model/condition.ts";
import { bothWays, grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Spread of the phase from slice to slice under a tracking loop that works. */
const USUAL_WANDER_RAD = 0.03;

/** A steady phase between the interferometers. */
export const phaseOffset = cause({
  title: "steady phase error of the interferometers",
  kind: "honest",
  prior: 3,
  severities: grid(bothWays(octaves(0.12, 1, 16))),
  says: (radian) => `phase off by ${radian.toFixed(2)} rad`,
  brings(condition, radian) {
    const misalignment = withContrast(condition.link.misalignment, Math.cos(radian));
    // What the phase wanders by all the same counts more on the slope than at the bottom.
    const errorScatter = (Math.abs(Math.sin(radian)) * USUAL_WANDER_RAD) / 2;
    return { ...withLink(condition, { misalignment }), phaseSine: Math.sin(radian), errorScatter };
  },
  next: "calibrate the phase of the receiver (device ADDR calibrate phase), or tune it",
});
