import { withLink, withReadings } from "../model/condition.ts";
import { grid, octaves } from "../model/severity-grid.ts";
import { cause } from "./cause.ts";

/** Detectors that are not cold enough; what doubles their dark counts is not the same for all. */
export const warmDetector = cause({
  title: "warm detectors",
  kind: "honest",
  prior: 3,
  severities: grid(octaves(3, 35, 16), [8.5, 10, 12]),
  says: (kelvin) => `detectors ${kelvin.toFixed(0)} K warmer`,
  brings(condition, kelvin, doublingK) {
    const factor = 2 ** (kelvin / doublingK);
    const [zero, one] = condition.link.darkCountsPerGate;
    const darkCountsPerGate = [Math.min(0.4, zero * factor), Math.min(0.4, one * factor)] as const;
    return withReadings(withLink(condition, { darkCountsPerGate }), { detectorC: kelvin });
  },
  next: "check the air around the receiver, its fans and filters; if the housing is cool, the detectors' cooler is failing",
});
