import { withLink } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** One detector lost efficiency. */
export const detectorUnequal = cause({
  title: "one insensitive detector",
  kind: "honest",
  prior: 1.5,
  severities: grid(octaves(0.04, 0.9, 20), [0, 1]),
  says: (lost, detector) => `detector ${detector} lost ${(100 * lost).toFixed(0)} % of its efficiency`,
  brings(condition, lost, detector) {
    const [zero, one] = condition.link.detectorEfficiency;
    return withLink(condition, {
      detectorEfficiency: [zero * (detector === 0 ? 1 - lost : 1), one * (detector === 1 ? 1 - lost : 1)],
    });
  },
  next: "inspect the fibre to that detector and its bias trim; unequal detectors also help an eavesdropper, so do not leave it",
});
