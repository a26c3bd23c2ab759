import { withLink, withReadings } from "../model/condition.ts";
import { overlapAt } from "../model/gate-overlap.ts";
import { bothWays, grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Pulses off the middle of the gates; how far the gates of both detectors lie apart is not known. */
export const gateDelay = cause({
  title: "gates off the pulses",
  kind: "honest",
  prior: 3,
  severities: grid(bothWays(octaves(25, 160, 16)), [-20, -10, 0, 10, 20]),
  says: (ps) => `pulses arrive ${Math.abs(ps).toFixed(0)} ps too ${ps > 0 ? "late" : "early"}`,
  brings(condition, ps, skewPs) {
    const share = (half: number) => overlapAt(ps + half) / overlapAt(half);
    const [zero, one] = condition.link.detectorEfficiency;
    return withReadings(
      withLink(condition, { detectorEfficiency: [zero * share(skewPs / 2), one * share(-skewPs / 2)] }),
      { arrivalPs: ps },
    );
  },
  next: "calibrate the gate delay of the receiver (device ADDR calibrate delay), or tune it",
});
