import { withLink, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Clicks that follow clicks. */
export const afterpulse = cause({
  title: "more afterpulses",
  kind: "honest",
  prior: 1.5,
  severities: grid(octaves(1.6, 7, 80)),
  says: (factor) => `afterpulse probability times ${factor.toFixed(1)}`,
  brings(condition, factor) {
    const afterpulseProbability = Math.min(0.35, condition.link.afterpulseProbability * factor);
    return withReadings(withLink(condition, { afterpulseProbability }), { afterpulsing: Math.log(factor) });
  },
  next: "lower the detector bias or lengthen the dead time, and check that the detectors are not too cold",
});
