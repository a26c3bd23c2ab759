import { withLink, withLoss } from "../model/condition.ts";
import { broadeningLossDb } from "../model/gate-overlap.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Avalanches that come early and late, some (second number) so late that the next gate counts them. */
export const timingJitter = cause({
  title: "timing jitter of the detectors",
  kind: "honest",
  prior: 0.3,
  severities: grid(octaves(25, 200, 10), [0, 0.01, 0.03, 0.1]),
  says: (ps) => `avalanches spread by ${ps.toFixed(0)} ps`,
  brings(condition, ps, late) {
    const { afterpulseProbability } = condition.link;
    const wider = withLoss(condition, broadeningLossDb(ps));
    // A click that the next gate counts has a random bit and follows the light, as an afterpulse does.
    return withLink(wider, { afterpulseProbability: Math.min(0.35, afterpulseProbability + late) });
  },
  next: "compare the arrival histogram with the commissioning report, then calibrate the gates' width and the discriminator",
});
